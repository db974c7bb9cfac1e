#!/usr/bin/env node
// Puts what was built, and the libraries of many small files, into two files: a start from 3,400 files
// takes twice the time. Stack traces lead to src: the service's own part has a source map.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = `${root}dist/service`;

/**
 * Libraries that go in. All others stay where they are; none of those may import one of these, or
 * there would be two copies, which do not know each other's classes. That also keeps class-validator
 * and class-transformer out, which Nest looks for at run time.
 */
const BUNDLED = [
  // platform-express stays out: Nest loads it when no adapter is given, and what it imports is not in the image
  /^@nestjs\/(?!platform-express)/,
  /^nestjs-pino/,
  /^(rxjs|tslib|iterare|uid|es-toolkit)(\/|$)/,
  /^@simplewebauthn\//,
  /^@(peculiar|hexagon|levischuck|noble)\//,
  /^(asn1js|pvtsutils|pvutils|tsyringe)(\/|$)/,
  /^(jose|uuid|cockatiel|prom-client|rate-limiter-flexible)(\/|$)/,
  /^(tdigest|bintrees|nodemailer|qrcode|pngjs|dijkstrajs)(\/|$)/,
  /^(sanitize-html|postcss|htmlparser2|domhandler|domutils|dom-serializer|domelementtype)(\/|$)/,
  /^(entities|deepmerge|escape-string-regexp|is-plain-object|parse-srcset)(\/|$)/,
  /^(nanoid|picocolors|source-map-js)(\/|$)/,
];
/** Of these a second copy does no harm: they have no state, and nobody compares their classes. */
const MAY_BE_TWICE = new Set(['jose', 'tslib', 'uuid']);

/** Prisma's compiler of queries, in WebAssembly; as text in a module it would stay in memory twice, 9 MB. */
const COMPILER = '@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs';

const isOwn = (id) => /^[./#]/.test(id);
const packageOf = (id) => /^(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? id;
const outside = new Set();

await rm(directory, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: { main: `${root}dist/main.js` },
  platform: 'node',
  // what has side effects is not told apart from what has none
  treeshake: false,
  external(id) {
    if (isOwn(id) || id === COMPILER || BUNDLED.some((library) => library.test(id))) return false;
    outside.add(packageOf(id));
    return true;
  },
  onLog(level, log) {
    // Nest asks for packages at run time that an application may do without
    if (log.code !== 'UNRESOLVED_IMPORT') process.stderr.write(`${level}: ${log.message}\n`);
  },
  plugins: [
    {
      name: 'compiler',
      resolveId: (id) => (id === COMPILER ? COMPILER : null),
      load: compilerFile,
    },
    { name: 'source-maps', load: withSourceMap },
  ],
});
const { output } = await bundle.write({
  dir: directory,
  format: 'esm',
  sourcemap: true,
  keepNames: true, // of classes: they are names of schemas, and stand in logs
  comments: { legal: true, jsdoc: false, annotation: false }, // V8 keeps the source in memory
  codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] },
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
});
await bundle.close();
refuseCopies();
refuseWhatMayBeMissing();
await dropMap(`${directory}/libraries.js`);
await Promise.all(['main.js', 'libraries.js'].map((name) => toAscii(`${directory}/${name}`)));

/** A module that reads from a file what Prisma's has in it, when `Buffer.from(wasm, 'base64')` asks for its value. */
async function compilerFile(id) {
  if (id !== COMPILER) return null;
  const { wasm } = await import(COMPILER);
  const fileName = 'query-compiler.wasm';
  this.emitFile({ type: 'asset', fileName, source: Buffer.from(wasm, 'base64') });
  return `import { readFileSync } from 'node:fs';
    export const wasm = { valueOf: () => readFileSync(new URL('${fileName}', import.meta.url)) };`;
}

/** The map of a compiled file, so that the bundle's leads past it to the source. */
async function withSourceMap(id) {
  if (!id.startsWith(`${root}dist/`)) return null;
  const [code, map] = await Promise.all([readFile(id, 'utf8'), readFile(`${id}.map`, 'utf8')]);
  return { code, map: JSON.parse(map) };
}

/** Of libraries it would be large, and read whole when the first error has a stack. */
async function dropMap(file) {
  const code = await readFile(file, 'utf8');
  await writeFile(file, code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
  await rm(`${file}.map`);
}

/** One character beyond ASCII, in a comment or wherever, and V8 keeps the whole source in two bytes each. */
async function toAscii(file) {
  const code = await readFile(file, 'utf8');
  const [hard] = /\\[\u0080-\uffff]|[\u2028\u2029]/.exec(code) ?? [];
  if (hard)
    throw new Error(`${file} has ${JSON.stringify(hard)}, which cannot be escaped as it is`);
  const escaped = code.replace(/[\u0080-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  await writeFile(file, escaped);
}

/** Throws when a library outside brings one along that is inside, too. */
function refuseCopies() {
  const ids = output.flatMap(({ moduleIds = [] }) => moduleIds);
  const inside = new Set(
    ids.flatMap((id) =>
      id.includes('node_modules/') ? packageOf(id.split('node_modules/').at(-1)) : [],
    ),
  );
  const seen = new Set();
  const follow = (name, path) => {
    const manifest = `${root}node_modules/${name}/package.json`;
    if (seen.has(name) || !existsSync(manifest)) return;
    seen.add(name);
    if (inside.has(name) && !MAY_BE_TWICE.has(name)) {
      throw new Error(`${name} is bundled, and comes with ${path.join(' > ')} once more`);
    }
    const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const next of Object.keys(dependencies ?? {})) follow(next, [...path, next]);
  };
  for (const name of outside) follow(name, [name]);
}

/** Throws when the start needs a package that `npm ci --omit=dev --omit=optional` leaves out. */
function refuseWhatMayBeMissing() {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'));
  const chunks = new Set(output.map(({ fileName }) => fileName));
  const needed = output.flatMap(({ imports = [] }) => imports);
  for (const id of needed.filter((one) => !chunks.has(one) && !isBuiltin(one))) {
    const { dev, optional, devOptional } = packages[`node_modules/${packageOf(id)}`] ?? {
      dev: true,
    };
    if (dev || optional || devOptional) {
      throw new Error(`${id} is imported at the start, and is not in the image`);
    }
  }
}
