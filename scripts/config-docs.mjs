#!/usr/bin/env node
// Writes everything that repeats the configuration schema, so that nothing has to be kept in step by hand.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { fromDist, readOptions } from './command-line.mjs';

const USAGE = `Usage: npm run config:docs               write .env.example, docs/configuration.md and deploy/env/*
       npm run config:docs -- --check    exit 1 and name each file that differs from the schema

The schema is src/platform/config/config.ts; run npm run build after changing it.`;

const { check } = readOptions(USAGE, { check: { type: 'boolean' } });
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { Config } = await fromDist('platform/config/config.js');
const { settingsOf } = await fromDist('platform/config/setting.decorators.js');
const { formatValue } = await fromDist('platform/config/formatters.js');
const { loadConfig } = await fromDist('platform/config/load-config.js');
const settings = settingsOf(Config);

const ENVIRONMENTS = ['development', 'test', 'staging', 'production'];
const WRITTEN_BY =
  'Written by `npm run config:docs` from src/platform/config/config.ts: change it there.';

/** What an environment sets differently from the defaults, and in which order it is asked about. */
const TEMPLATES = {
  '.env.example': {
    environment: 'development',
    intro: [
      'Settings for development. Nothing here is needed to start: copy to .env what you want to',
      'change. The environment wins over the file.',
    ],
    values: {},
  },
  'deploy/env/test.env.example': {
    environment: 'test',
    intro: ['Settings for a service that tests talk to. Nothing here is needed to start.'],
    values: { DATA_DIR: '.tmp/data' },
  },
  'deploy/env/staging.env.example': {
    environment: 'staging',
    intro: [
      'Settings for staging: the same as production, so that it rehearses production. Staging does',
      'start without the first group, on an embedded database and keys of its own.',
    ],
    values: { HOST: '0.0.0.0' },
    asksFirst: true,
  },
  'deploy/env/production.env.example': {
    environment: 'production',
    intro: [
      'Settings for production. The service does not start until the first group is filled in.',
    ],
    values: { HOST: '0.0.0.0' },
    asksFirst: true,
  },
};

/** Fine with their defaults, but wrong for most who never thought about them. */
const WORTH_DECIDING = [
  'CORS_ORIGINS',
  'TRUST_PROXY',
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'REDIS_URL',
];

const productionProblems = problemsOf({ NODE_ENV: 'production' });
const requiredInProduction = productionProblems.map((problem) => problem.split(' ')[0]);

const files = {
  ...Object.fromEntries(Object.entries(TEMPLATES).map(([path, how]) => [path, template(how)])),
  'docs/configuration.md': await reference('docs/configuration.md'),
};
const drifted = Object.entries(files).filter(
  ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
);
for (const [path, text] of drifted) {
  if (check) {
    console.error(`${path} differs from the schema: run npm run config:docs and commit it.`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(path);
  }
}
if (drifted.length === 0) console.log('The configuration files agree with the schema.');
process.exit(check && drifted.length > 0 ? 1 : 0);

/** What the service itself says about an environment, so that no list of required names is kept here. */
function problemsOf(environment) {
  try {
    loadConfig(environment, '');
    return [];
  } catch (error) {
    if (!error.problems) throw error;
    return error.problems;
  }
}

function defaultText({ default: value, parse }, environment) {
  return formatValue(typeof value === 'function' ? value(environment) : value, parse);
}

function template({ environment, intro, values, asksFirst = false }) {
  const required = asksFirst ? requiredInProduction : [];
  const decide = asksFirst ? WORTH_DECIDING : [];
  const asked = new Set([...required, ...decide]);
  const groups = new Map([
    ['Fill these in first', required],
    ['Then decide these', decide],
  ]);
  for (const [section, members] of bySection()) {
    const names = members.map(([name]) => name);
    groups.set(
      section,
      names.filter((name) => !asked.has(name)),
    );
  }
  const texts = [...groups]
    .filter(([, names]) => names.length > 0)
    .map(([title, names]) => {
      const entries = names.map((name) =>
        entry(name, environment, values[name], required.includes(name)),
      );
      return `# ── ${title} ${'─'.repeat(74 - title.length)}\n\n${entries.join('\n\n')}\n`;
    });
  const head = [...intro, WRITTEN_BY].map((line) => `# ${line}\n`).join('');
  return `${head}\n${texts.join('\n')}`;
}

/** A variable with its reason: empty when it must be filled in, commented out when it may stay unset. */
function entry(name, environment, chosen, isRequired) {
  const setting = settings.get(name);
  const value = name === 'NODE_ENV' ? environment : (chosen ?? defaultText(setting, environment));
  const comment = [
    ...wrap(setting.why),
    ...wrap(`Wants ${setting.wanted}.${setting.secret ? ' A secret.' : ''}`),
  ];
  const line = isRequired
    ? [`# Example: ${setting.example}`, `${name}=`]
    : setting.secret || value === ''
      ? [`# ${name}=${setting.example ?? value}`]
      : [`${name}=${value}`];
  return [...comment, ...line].join('\n');
}

function wrap(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1).length + word.length > 96) lines.push('');
    lines[lines.length - 1] += ` ${word}`;
  }
  return lines.map((line) => `#${line}`);
}

async function reference(path) {
  const tables = [...bySection()].map(
    ([title, rows]) =>
      `## ${title}\n\n| variable | wants | default | why |\n| --- | --- | --- | --- |\n` +
      rows.map(([name, setting]) => row(name, setting)).join('\n'),
  );
  const markdown = `<!-- ${WRITTEN_BY} -->

# Configuration

The environment wins over the \`.env\` file, which wins over the default. An empty value counts as
unset. A bad value, or a name that is almost one of these, stops the start with one message that
lists every problem. The start log shows each value in effect and where it came from, secrets
masked.

Durations are written \`250ms\`, \`10s\`, \`15m\`, \`1h\` or \`30d\`; rates \`100/15m\`, that is a limit
and a window; lists are separated by commas.

## Environments

| \`NODE_ENV\` | template |
| --- | --- |
${Object.entries(TEMPLATES)
  .map(([file, { environment }]) => `| \`${environment}\` | [\`${file}\`](../${file}) |`)
  .join('\n')}

With \`NODE_ENV=production\` and nothing else, the service refuses to start:

${productionProblems.map((problem) => `- ${problem}`).join('\n')}

The signing key of the audit trail is the one that it may make and keep in DATA_DIR by itself: it warns and starts, since an
outage for the lack of a signature is worse. \`AUDIT_SIGNING_KEYS\` gives all processes the same.

It also refuses \`*\` in \`CORS_ORIGINS\`, and every example of a secret on this page.

${tables.join('\n\n')}
`;
  return format(markdown, { ...(await resolveConfig(path)), filepath: path });
}

/** Map.groupBy comes with Node 21. */
function bySection() {
  const sections = new Map();
  for (const [name, setting] of settings) {
    sections.set(setting.section, [...(sections.get(setting.section) ?? []), [name, setting]]);
  }
  return sections;
}

function row(name, setting) {
  const mark = setting.secret ? ' (secret)' : '';
  const cells = [`\`${name}\`${mark}`, setting.wanted, defaults(setting), setting.why];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The usual default, then the environments that differ from it. */
function defaults(setting) {
  const shown = (environment) => {
    const text = defaultText(setting, environment);
    return text === '' ? 'unset' : `\`${text}\``;
  };
  const usual = shown('development');
  const others = ENVIRONMENTS.filter((environment) => shown(environment) !== usual);
  return [usual, ...others.map((environment) => `${shown(environment)} in ${environment}`)].join(
    '; ',
  );
}
