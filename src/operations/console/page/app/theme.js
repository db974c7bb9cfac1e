const KEY = 'aerie-console-theme';
const CHOICES = ['system', 'light', 'dark'];

/** What was chosen: to follow the system unless somebody said otherwise. */
export function chosenTheme() {
  const kept = localStorage.getItem(KEY);
  return CHOICES.includes(kept) ? kept : 'system';
}

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export function applyTheme(theme = chosenTheme()) {
  const system = systemIsDark.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme === 'system' ? system : theme;
  window.dispatchEvent(new Event('themechange'));
}

/** Goes on to the next choice, and gives it. */
export function nextTheme() {
  const theme = CHOICES[(CHOICES.indexOf(chosenTheme()) + 1) % CHOICES.length];
  localStorage.setItem(KEY, theme);
  applyTheme(theme);
  return theme;
}

systemIsDark.addEventListener('change', () => applyTheme());
