import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const DIRECTORY = 'deploy/monitoring';
export const RULES = `${DIRECTORY}/prometheus/rules.yml`;
export const SCRAPES = `${DIRECTORY}/prometheus/prometheus.yml`;
export const DASHBOARDS = ['service', 'dependencies'].map(
  (name) => `${DIRECTORY}/grafana/dashboards/${name}.json`,
);

export interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string; readonly rule: string };
  readonly annotations: { readonly runbook: string };
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: { readonly expr: string }[];
}

export function prometheusRules(): PrometheusRule[] {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as {
    groups: { rules: PrometheusRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** What the dashboards ask, by panel, their variables filled in. */
export function dashboardExpressions(): { panel: string; expr: string }[] {
  return DASHBOARDS.flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: Panel[] };
    return panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({
        panel: title,
        expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
      })),
    );
  });
}

/** The metrics that an expression is about, without what a histogram adds to their names. */
export function metricsIn(expression: string): string[] {
  const names = expression.match(/\b(?:aerie|nodejs|process)_\w+/g) ?? [];
  return names.map((name) =>
    /(?:duration|latency)_seconds_/.test(name) ? name.replace(/_(bucket|sum|count)$/, '') : name,
  );
}
