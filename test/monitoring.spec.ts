import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultRules } from '#operations/alerts/default-rules';
import { loadConfig } from '#platform/config/load-config';
import { DASHBOARDS, dashboardExpressions, prometheusRules, RULES, SCRAPES } from './monitoring.js';
import { hasPromtool, promtool } from './promtool.js';

const ours = defaultRules(loadConfig({}, '/dev/null').config);
const theirs = prometheusRules();

describe('the rules of Prometheus', () => {
  it.each(ours.map(({ id }) => id))('have the rule %s of the service, at its threshold', (id) => {
    const { threshold, series } = ours.find((rule) => rule.id === id)!;
    const mirrored = theirs.find(({ labels }) => labels.rule === id)!;
    const limit = Number(/> ([\d.]+)/.exec(mirrored.expr)![1]);
    expect(series.endsWith('Ms') ? limit * 1_000 : limit).toBe(threshold);
  });

  it.skipIf(!hasPromtool)('are taken by promtool', () => {
    expect(promtool(['check', 'rules', RULES])).toMatchObject({ status: 0 });
  });
});

it.skipIf(!hasPromtool)('the configuration of Prometheus is taken by promtool', () => {
  const directory = mkdtempSync(join(tmpdir(), 'aerie-prometheus-'));
  const token = join(directory, 'token');
  const file = join(directory, 'prometheus.yml');
  writeFileSync(token, 'x');
  const text = readFileSync(SCRAPES, 'utf8')
    .replace('/run/secrets/metrics_token', token)
    .replace('/etc/prometheus/rules.yml', resolve(RULES));
  writeFileSync(file, text);
  expect(promtool(['check', 'config', file])).toMatchObject({ status: 0 });
  rmSync(directory, { recursive: true });
});

describe('a runbook', () => {
  it.each([
    ...new Set([
      ...ours.map(({ id }) => id),
      ...theirs.map(({ labels }) => labels.rule),
      'added-rule',
    ]),
  ])('says what to do about %s', (rule) => {
    const text = readFileSync(`docs/runbooks/${rule}.md`, 'utf8');
    expect(text).toMatch(/^# \S/);
    expect(text).toMatch(/^1\. /m);
  });

  it('is where the rules of Prometheus say', () => {
    for (const { annotations } of theirs) expect(existsSync(annotations.runbook)).toBe(true);
  });
});

describe('a dashboard', () => {
  it.each(DASHBOARDS)('%s has panels that do not overlap, each with a question', (file) => {
    const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
      panels: {
        id: number;
        type: string;
        gridPos: { x: number; y: number; w: number; h: number };
      }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('asks only of the processes that were chosen', () => {
    for (const { expr } of dashboardExpressions()) expect(expr).toContain('instance=~".*"');
  });
});
