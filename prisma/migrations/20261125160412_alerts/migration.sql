-- CreateEnum
CREATE TYPE "alert_severity" AS ENUM ('medium', 'high', 'critical');

-- CreateTable
CREATE TABLE "alert_rules" (
    "rule" TEXT NOT NULL,
    "settings" JSONB,
    "silenced_until" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),
    "told_severity" "alert_severity",
    "is_told_over" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "alert_rules_pkey" PRIMARY KEY ("rule")
);

-- CreateTable
CREATE TABLE "alerts" (
    "id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "instance" TEXT NOT NULL,
    "severity" "alert_severity" NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,
    "threshold" DOUBLE PRECISION NOT NULL,
    "occurrences" INTEGER NOT NULL DEFAULT 1,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "alerts_resolved_at_rule_idx" ON "alerts"("resolved_at", "rule");
