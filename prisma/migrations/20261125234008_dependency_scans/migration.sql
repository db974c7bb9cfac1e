-- CreateTable
CREATE TABLE "dependency_scans" (
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "report" JSONB,

    CONSTRAINT "dependency_scans_pkey" PRIMARY KEY ("kind")
);
