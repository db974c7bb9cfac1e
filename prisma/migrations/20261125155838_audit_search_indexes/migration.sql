-- DropIndex
DROP INDEX "audit_logs_action_sequence_idx";

-- DropIndex
DROP INDEX "audit_logs_actor_sequence_idx";

-- DropIndex
DROP INDEX "audit_logs_severity_sequence_idx";

-- DropIndex
DROP INDEX "audit_logs_subject_sequence_idx";

-- DropIndex
DROP INDEX "audit_logs_time_idx";

-- CreateIndex
CREATE INDEX "audit_logs_time_sequence_idx" ON "audit_logs"("time", "sequence");

-- CreateIndex
CREATE INDEX "audit_logs_action_time_sequence_idx" ON "audit_logs"("action", "time", "sequence");

-- CreateIndex
CREATE INDEX "audit_logs_actor_time_sequence_idx" ON "audit_logs"("actor", "time", "sequence");

-- CreateIndex
CREATE INDEX "audit_logs_subject_time_sequence_idx" ON "audit_logs"("subject", "time", "sequence");

-- CreateIndex
CREATE INDEX "audit_logs_severity_time_sequence_idx" ON "audit_logs"("severity", "time", "sequence");
