import { fill, h } from '../parts/dom.js';
import { askForPasskey, canUsePasskeys } from './passkey.js';
import { signIn, signInWithCode, signInWithPasskey } from './session.js';

/** The form to sign in with; calls back when somebody did. */
export function showSignIn(root, onSignedIn, reason) {
  const said = h('p', { class: 'form-error', role: 'alert' }, reason ?? '');
  const place = h('div', {});
  const say = (text) => fill(said, text);

  const enter = async (work) => {
    say('');
    try {
      await work();
      await onSignedIn();
    } catch (error) {
      if (error.kind === 'second-factor-required') askForCode(error.body.pendingToken);
      else say(error.message);
    }
  };
  const askForCode = (pendingToken) => {
    fill(
      place,
      codeForm((code) => enter(() => signInWithCode(pendingToken, code))),
    );
    place.querySelector('input').focus();
  };

  fill(place, passwordForm(enter));
  fill(
    root,
    h(
      'main',
      { class: 'sign-in' },
      h('p', { class: 'brand' }, h('span', { class: 'brand-mark' }), 'Aerie'),
      h('h1', {}, 'Sign in to the console'),
      place,
      said,
      isSecureContext ? null : h('p', { class: 'hint' }, PLAIN_HTTP),
    ),
  );
  place.querySelector('input').focus();
}

const PLAIN_HTTP =
  'This page came over plain http: the browser keeps no sign-in, so that it ends with this page, and after a quarter of an hour.';

function passwordForm(enter) {
  const email = field('E-mail', { type: 'email', name: 'email', autocomplete: 'username' });
  const password = field('Password', {
    type: 'password',
    name: 'password',
    autocomplete: 'current-password',
  });
  const passkey = h(
    'button',
    {
      type: 'button',
      onclick: () => enter(async () => signInWithPasskey(await askForPasskey())),
    },
    'Use a passkey',
  );
  const work = () => enter(() => signIn(email.value(), password.value()));
  return form('Sign in', work, [email, password], canUsePasskeys() && passkey);
}

function codeForm(onCode) {
  const code = field('Code of your authenticator app, or a recovery code', {
    name: 'code',
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
  });
  return form('Go on', () => onCode(code.value().trim()), [code]);
}

function form(action, onSubmit, fields, ...more) {
  const button = h('button', { class: 'primary' }, action);
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    await onSubmit();
    button.disabled = false;
  };
  return h(
    'form',
    { class: 'stack', onsubmit: submit },
    fields.map(({ node }) => node),
    button,
    ...more,
  );
}

function field(label, attributes) {
  const input = h('input', { required: true, ...attributes });
  return {
    node: h('label', { class: 'field' }, h('span', {}, label), input),
    value: () => input.value,
  };
}
