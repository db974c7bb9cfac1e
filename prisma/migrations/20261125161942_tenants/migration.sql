-- AlterTable
ALTER TABLE "users" ADD COLUMN     "tenant" TEXT;

-- CreateIndex
CREATE INDEX "users_tenant_idx" ON "users"("tenant");

-- The form that @IsSlug() asks for: it is part of keys and of names of rooms.
ALTER TABLE "users" ADD CONSTRAINT "users_tenant_slug_check"
  CHECK (length("tenant") <= 40 AND "tenant" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');
