#!/usr/bin/env node
// Writes the SQL that takes the database from the last migration to prisma/schema.prisma, offline.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import * as engineJs from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Pool, types } from 'pg';
import { fromDist } from './command-line.mjs';

const USAGE = `Usage: npm run db:migration -- <name>     write prisma/migrations/<time>_<name>/migration.sql
       npm run db:migration -- --check    exit 1 when the schema and the migrations differ

The migration is not applied: read it, then start the service or run npm run db:migrate.`;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const migrationsDirectory = join(root, 'prisma/migrations');

const [argument] = process.argv.slice(2);
if (!argument || argument === '--help') {
  console.log(USAGE);
  process.exit(argument ? 0 : 1);
}

// the package's own entry does `import "*.wasm"`, which plain Node cannot
const wasmFile = join(
  dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')),
  'schema_engine_bg.wasm',
);
const { instance } = await WebAssembly.instantiate(await readFile(wasmFile), {
  './schema_engine_bg.js': engineJs,
});
engineJs.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const { PGliteSocket } = await fromDist('platform/database/pglite-socket.js');

/** A fresh, empty database in memory for each connection that the engine wants. */
async function connect() {
  const db = await PGlite.create();
  const pool = new Pool({
    max: 1,
    idleTimeoutMillis: 0,
    user: 'postgres',
    ssl: false,
    stream: () => new PGliteSocket(db),
  });
  const adapter = await new PrismaPg(pool).connect();
  readLetters(adapter);
  // the adapter splits scripts at every semicolon, function bodies included
  adapter.executeScript = async (sql) => {
    await pool.query(sql);
  };
  adapter.dispose = async () => {
    await pool.end();
    await db.close();
  };
  return adapter;
}

/** The system catalogues are full of "char", a type of which the adapter knows only the array. */
function readLetters(adapter) {
  const { CHAR } = types.builtins;
  const CHAR_ARRAY = 1002;
  const { Character, CharacterArray } = ColumnTypeEnum;
  const performIO = adapter.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    for (const field of result.fields) {
      if (field.dataTypeID === CHAR) field.dataTypeID = CHAR_ARRAY;
    }
    return result;
  };
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnTypes.map((type) =>
      type === CharacterArray ? Character : type,
    );
    return { ...result, columnTypes };
  };
}

const names = (await readdir(migrationsDirectory, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .toSorted();
const migrations = {
  baseDir: migrationsDirectory,
  shadowDbInitScript: '',
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  migrationDirectories: await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok',
          value: await readFile(join(migrationsDirectory, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  ),
};
const files = [
  {
    path: 'schema.prisma',
    content: await readFile(join(root, 'prisma/schema.prisma'), 'utf8'),
  },
];
const factory = {
  provider: 'postgres',
  adapterName: 'pglite',
  connect,
  connectToShadowDb: connect,
};
const engine = await engineJs.SchemaEngine.new(
  { datamodels: files.map((file) => [file.path, file.content]) },
  () => undefined,
  bindMigrationAwareSqlAdapterFactory(factory),
);
const { exitCode, stdout } = await engine.diff({
  from: names.length > 0 ? { tag: 'migrations', ...migrations } : { tag: 'empty' },
  to: { tag: 'schemaDatamodel', files },
  script: true,
  exitCode: true,
  filters: { externalTables: [], externalEnums: [] },
});

if (exitCode === 0) {
  console.log('The schema and the migrations agree.');
} else if (argument === '--check') {
  console.error(`The schema and the migrations differ. Missing:\n\n${stdout}`);
  process.exit(1);
} else {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const name = `${time}_${argument.replace(/\W+/g, '_')}`;
  await mkdir(join(migrationsDirectory, name), { recursive: true });
  await writeFile(join(migrationsDirectory, name, 'migration.sql'), stdout);
  await writeFile(
    join(migrationsDirectory, 'migration_lock.toml'),
    '# Please do not edit this file manually\n# It should be added in your version-control system (e.g., Git)\nprovider = "postgresql"\n',
  );
  console.log(`prisma/migrations/${name}/migration.sql`);
}
process.exit(0);
