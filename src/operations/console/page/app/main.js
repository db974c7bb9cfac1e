import { get } from './api.js';
import { Problem } from './problem.js';
import { onSession, resume, signOut } from './session.js';
import { showShell } from './shell.js';
import { showSignIn } from './sign-in.js';
import { applyTheme } from './theme.js';

const RETRY_MS = 3_000;
const root = document.getElementById('console');
let leave = () => undefined;

/** Shows the console to an administrator, and signs everybody else out again. */
async function enter() {
  let account;
  try {
    account = await get('/v1/users/operator');
  } catch (error) {
    if (error instanceof Problem && error.status === 403) {
      return signOut('This account may not use the console: it is for administrators.');
    }
    throw error;
  }
  leave();
  leave = showShell(root, account);
}

function askToSignIn(reason) {
  leave();
  leave = () => undefined;
  document.title = 'Sign in · Aerie console';
  showSignIn(root, enter, reason);
}

/** A service that is away when the page opens is waited for. */
async function start() {
  try {
    if (await resume()) await enter();
    else askToSignIn();
  } catch (error) {
    const isAway = error instanceof Problem && (error.status === 0 || error.status >= 500);
    if (!isAway) return; // askToSignIn() was called already
    askToSignIn(`${error.message} Trying again.`);
    setTimeout(() => void start(), RETRY_MS);
  }
}

applyTheme();
onSession((state, reason) => (state === 'out' ? askToSignIn(reason) : void enter()));
void start();
