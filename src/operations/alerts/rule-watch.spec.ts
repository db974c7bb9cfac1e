import { describe, expect, it } from 'vitest';
import { fake } from '../../../test/fake.js';
import type { Config } from '#platform/config/config';
import { severityOf, type AlertRule } from './alert-rule.js';
import { defaultRules } from './default-rules.js';
import { RuleWatch, type Transition } from './rule-watch.js';

const SLOT_SECONDS = 5;

const DEFAULTS = defaultRules(
  fake<Config>({
    ALERT_MEMORY_PERCENT: 80,
    ALERT_CPU_PERCENT: 80,
    ALERT_ERROR_PERCENT: 5,
    ALERT_RESPONSE_TIME_MS: 5_000,
  }),
);

function ruleOf(id: string, changes: Partial<AlertRule> = {}): AlertRule {
  return { ...DEFAULTS.find((rule) => rule.id === id)!, ...changes };
}

/** Slots until the watch said something, and what; the values follow each other, the last goes on. */
class Clock {
  private seconds = 0;
  readonly watch = new RuleWatch();

  constructor(private readonly rule: AlertRule) {}

  /** What the watch says in the given time while the value is this. */
  hold(value: number | null, seconds = SLOT_SECONDS, requests: number | null = 1_000) {
    const said: Transition[] = [];
    for (let slot = 0; slot < seconds / SLOT_SECONDS; slot++) {
      this.seconds += SLOT_SECONDS;
      const observation = { value, lastMinuteRequests: requests };
      const transition = this.watch.step(this.rule, observation, this.seconds);
      if (transition) said.push(transition);
    }
    return said;
  }
}

describe('an alert', () => {
  it.each([
    ['memory', 0.79, 0.81],
    ['cpu', 0.79, 0.81],
    ['error-rate', 0.049, 0.051],
    ['response-time', 4_900, 5_100],
  ])('of %s is not raised at %f and is at %f', (id, well, ill) => {
    const clock = new Clock(ruleOf(id));
    expect(clock.hold(well, 600)).toEqual([]);
    expect(clock.hold(ill, 60)).toEqual(['raised']);
    expect(clock.watch.severity).toBe('medium');
    expect(clock.hold(ill, 600)).toEqual([]); // once
  });

  it.each([
    ['memory', 0.8],
    ['error-rate', 0.05],
    ['response-time', 5_000],
  ])('of %s is not raised exactly at the threshold, %f', (id, threshold) => {
    expect(new Clock(ruleOf(id)).hold(threshold, 600)).toEqual([]);
  });

  it('is raised when it has been so for as long as the rule says, and not a slot before', () => {
    const clock = new Clock(ruleOf('memory'));
    expect(clock.hold(0.9, 55)).toEqual([]);
    expect(clock.hold(0.9)).toEqual(['raised']);
  });

  it('is not raised by peaks that do not last', () => {
    const clock = new Clock(ruleOf('memory'));
    for (let i = 0; i < 20; i++) {
      expect(clock.hold(0.9, 50)).toEqual([]);
      expect(clock.hold(0.7)).toEqual([]);
    }
  });

  it('is escalated once at each step of getting worse, when that lasts', () => {
    const clock = new Clock(ruleOf('cpu', { threshold: 0.5, clearAt: 0.45 }));
    expect(clock.hold(0.55, 60)).toEqual(['raised']);
    expect(clock.hold(0.7, 55)).toEqual([]);
    expect(clock.hold(0.7)).toEqual(['escalated']);
    expect(clock.watch.severity).toBe('high');
    expect(clock.hold(0.8, 30)).toEqual([]); // a peak
    expect(clock.hold(0.7, 60)).toEqual([]);
    expect(clock.hold(0.8, 600)).toEqual(['escalated']);
    expect(clock.watch.severity).toBe('critical');
    expect(clock.hold(0.55, 600)).toEqual([]); // it is what it was at worst until it is over
  });

  it('is over only when it has been clear of the threshold for as long', () => {
    const clock = new Clock(ruleOf('memory'));
    clock.hold(0.9, 60);
    expect(clock.hold(0.79, 600)).toEqual([]); // below the threshold, not clear of it
    expect(clock.hold(0.72, 55)).toEqual([]);
    expect(clock.hold(0.73)).toEqual([]);
    expect(clock.hold(0.72, 60)).toEqual(['resolved']);
    expect(clock.hold(0.72, 600)).toEqual([]);
  });

  it('does not flap while the value goes up and down around the threshold', () => {
    const clock = new Clock(ruleOf('response-time'));
    const said = Array.from({ length: 100 }, (_, i) => clock.hold(i % 2 === 0 ? 5_100 : 4_900));
    expect(said.flat()).toEqual(['raised']);
  });

  it('stays as it is while nothing is known', () => {
    const clock = new Clock(ruleOf('memory'));
    clock.hold(0.9, 30);
    expect(clock.hold(null, 30)).toEqual([]);
    expect(clock.hold(0.9)).toEqual(['raised']); // it was so before and after
    expect(clock.hold(null, 600, null)).toEqual([]);
    expect(clock.watch.severity).toBe('medium');
  });

  it('goes on from the severity that it had before a restart', () => {
    const watch = new RuleWatch('high');
    const observe = (value: number) =>
      watch.step(ruleOf('response-time'), { value, lastMinuteRequests: 100 }, 5);
    expect(observe(5_100)).toBeNull();
    expect(observe(9_000)).toBe('escalated');
    expect(observe(100)).toBe('resolved');
  });
});

describe('with little traffic', () => {
  it('one request of one that fails raises nothing', () => {
    const clock = new Clock(ruleOf('error-rate'));
    expect(clock.hold(1, 600, 1)).toEqual([]);
    expect(clock.hold(1, 600, 19)).toEqual([]);
    expect(clock.hold(1, 5, 20)).toEqual(['raised']);
  });

  it('or none, what was raised is over', () => {
    const clock = new Clock(ruleOf('error-rate'));
    clock.hold(1, 5, 100);
    expect(clock.hold(null, 5, 0)).toEqual(['resolved']);
  });
});

describe('a rule for what is too little', () => {
  const rule = ruleOf('memory', {
    comparison: 'below',
    threshold: 100,
    clearAt: 120,
    forSeconds: 0,
  });

  it('is broken below the threshold and over above', () => {
    const clock = new Clock(rule);
    expect(clock.hold(100)).toEqual([]);
    expect(clock.hold(99)).toEqual(['raised']);
    expect(clock.hold(40)).toEqual(['escalated']);
    expect(clock.hold(110)).toEqual([]);
    expect(clock.hold(120)).toEqual(['resolved']);
  });
});

describe('severity', () => {
  it.each([
    [0.8, null],
    [0.8001, 'medium'],
    [0.96, 'medium'],
    [0.961, 'high'],
    [1.2, 'high'],
    [1.201, 'critical'],
  ])('of %f beside 0.8 is %s: up to a fifth medium, up to a half high', (value, severity) => {
    expect(severityOf(ruleOf('memory'), value)).toBe(severity);
  });

  it.each([
    [5_000, null],
    [6_000, 'medium'],
    [6_001, 'high'],
    [7_500, 'high'],
    [7_501, 'critical'],
  ])('of %f ms beside 5,000 is %s', (value, severity) => {
    expect(severityOf(ruleOf('response-time'), value)).toBe(severity);
  });

  it('is what the rule says where it says so', () => {
    expect(severityOf(ruleOf('database'), 1)).toBe('critical');
    expect(severityOf(ruleOf('memory', { severity: 'high' }), 0.81)).toBe('high');
    expect(severityOf(ruleOf('memory', { severity: 'high' }), 0.79)).toBeNull();
  });
});
