-- CreateIndex
CREATE INDEX "alerts_rule_id_idx" ON "alerts"("rule", "id");
