-- CreateTable
CREATE TABLE "audit_pending" (
    "id" BIGSERIAL NOT NULL,
    "event_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "action" TEXT NOT NULL,
    "severity" "severity" NOT NULL,
    "actor" TEXT,
    "subject" TEXT,
    "request_id" TEXT,
    "address" TEXT,
    "user_agent" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "mac" TEXT,

    CONSTRAINT "audit_pending_pkey" PRIMARY KEY ("id")
);

-- What is there already waits to be sealed, in its order, like anything else: the first start does it
INSERT INTO "audit_pending" ("event_id", "time", "action", "severity", "actor", "subject", "request_id", "address", "user_agent", "metadata")
SELECT gen_random_uuid(), "time", "action", "severity", "actor", "subject", "request_id", "address", "user_agent", "metadata"
FROM "audit_logs" ORDER BY "sequence";
TRUNCATE "audit_logs";

-- AlterTable
ALTER TABLE "audit_logs" ADD COLUMN     "event_id" UUID NOT NULL,
ADD COLUMN     "hash" TEXT NOT NULL,
ALTER COLUMN "sequence" DROP DEFAULT,
ALTER COLUMN "time" DROP DEFAULT;
DROP SEQUENCE "audit_logs_sequence_seq";

-- CreateTable
CREATE TABLE "audit_archives" (
    "sequence_from" BIGINT NOT NULL,
    "sequence_to" BIGINT NOT NULL,
    "last_hash" TEXT NOT NULL,
    "file_sha256" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "signature" TEXT NOT NULL,

    CONSTRAINT "audit_archives_pkey" PRIMARY KEY ("sequence_from")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_pending_event_id_key" ON "audit_pending"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_archives_sequence_to_key" ON "audit_archives"("sequence_to");

-- CreateIndex
CREATE UNIQUE INDEX "audit_logs_event_id_key" ON "audit_logs"("event_id");

-- Append-only, for every role, its owner included. The table is named in full: a temporary one of the same
-- name would be found first.
CREATE FUNCTION "audit_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  covered boolean := false;
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_logs' THEN
    EXECUTE format(
      'SELECT NOT EXISTS (SELECT 1 FROM gone WHERE NOT EXISTS (SELECT 1 FROM %I.audit_archives '
      'WHERE gone.sequence BETWEEN sequence_from AND sequence_to))',
      TG_TABLE_SCHEMA
    ) INTO covered;
  END IF;
  IF NOT covered THEN
    RAISE EXCEPTION '% of % is refused: the audit trail is append-only', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege',
            HINT = 'Only entries that an archive covers may be deleted: npm run audit:archive.';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER "audit_logs_no_update" BEFORE UPDATE ON "audit_logs"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_change"();
CREATE TRIGGER "audit_logs_no_truncate" BEFORE TRUNCATE ON "audit_logs"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_change"();
CREATE TRIGGER "audit_logs_no_delete" AFTER DELETE ON "audit_logs" REFERENCING OLD TABLE AS "gone"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_change"();
CREATE TRIGGER "audit_archives_no_change" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_archives"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_refuse_change"();

-- Also for a session that calls itself a replica
ALTER TABLE "audit_logs" ENABLE ALWAYS TRIGGER "audit_logs_no_update";
ALTER TABLE "audit_logs" ENABLE ALWAYS TRIGGER "audit_logs_no_truncate";
ALTER TABLE "audit_logs" ENABLE ALWAYS TRIGGER "audit_logs_no_delete";
ALTER TABLE "audit_archives" ENABLE ALWAYS TRIGGER "audit_archives_no_change";
