import { defineConfig } from 'prisma/config';

// `prisma generate` never runs the native schema engine, but the CLI insists on having one and
// downloads it. Any existing file satisfies the check. `prisma migrate …` is left alone: it needs
// the real engine.
if (process.argv.includes('generate')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
