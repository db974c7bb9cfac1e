import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config/config';
import { layOutLetter, type LetterParts } from '#platform/mail/letter-layout';

/** What stands in the letters to owners. `token` is the secret of the link, where there is one. */
@Injectable()
export class LetterTexts {
  constructor(private readonly config: Config) {}

  'verify-email'(token: string) {
    return letter('Confirm your e-mail address', {
      paragraphs: [
        'An account was opened with this address. Confirm that it is yours; the link is good for two days.',
      ],
      action: { label: 'Confirm the address', url: this.link('verify-email', token) },
      closing: 'If it was not you, do nothing: without a confirmation the address proves nothing.',
    });
  }

  'registered-again'(token: string) {
    return letter('You already have an account', {
      paragraphs: [
        'Somebody tried to open an account with this address, which has one already.',
        'If it was you and you do not know your password any more, choose a new one; the link is good for an hour.',
      ],
      action: { label: 'Choose a new password', url: this.link('reset-password', token) },
      closing: 'If it was not you, do nothing: nothing has changed.',
    });
  }

  'reset-password'(token: string) {
    return letter('Choose a new password', {
      paragraphs: ['Here is the link to a new password. It is good for an hour, and once.'],
      action: { label: 'Choose a new password', url: this.link('reset-password', token) },
      closing: 'If you did not ask for it, do nothing: your password stays as it is.',
    });
  }

  'change-email'(token: string) {
    return letter('Confirm your new e-mail address', {
      paragraphs: ['This is to be the new address of an account. The link is good for an hour.'],
      action: { label: 'Confirm the address', url: this.link('verify-email', token) },
      closing: 'If you did not ask for it, do nothing.',
    });
  }

  'email-changed'() {
    return notice(
      'Your e-mail address was changed',
      'Your account has another e-mail address from now on. This one does not open it any more.',
    );
  }

  'password-changed'() {
    return notice(
      'Your password was changed',
      'Your account has a new password, and your other sessions have ended.',
    );
  }

  'second-factor-on'() {
    return notice(
      'A second factor was switched on',
      'From now on a code of your authenticator app is asked for when you sign in. Your other sessions have ended.',
    );
  }

  'second-factor-off'() {
    return notice(
      'The second factor was switched off',
      'Your account is signed in to without a code from now on. Your other sessions have ended.',
    );
  }

  'passkey-added'() {
    return notice('A passkey was added', 'Your account can be signed in to with a new passkey.');
  }

  'passkey-removed'() {
    return notice(
      'A passkey was removed',
      'One of your passkeys does not open your account any more. Your other sessions have ended.',
    );
  }

  'identity-linked'() {
    return notice(
      'A sign-in was linked',
      'Your account can be signed in to through another provider from now on.',
    );
  }

  'erasure-requested'() {
    return notice(
      'Your account will be deleted',
      'As you asked, your account is out of use and will be erased after a time of grace. Sign in before that to keep it.',
    );
  }

  'sign-in-delayed'() {
    return notice(
      'Somebody is guessing at your password',
      'There were several sign-ins to your account with a wrong password. Further tries have to wait, longer each time. Where you are signed in you stay signed in.',
    );
  }

  /** The secret stands behind the #, which browsers send to no server and no log. */
  private link(page: string, token: string): string {
    return `${this.config.APP_URL}/${page}#token=${token}`;
  }
}

function letter(subject: string, parts: LetterParts) {
  return { subject, ...layOutLetter(parts) };
}

function notice(subject: string, ...paragraphs: string[]) {
  return letter(subject, {
    paragraphs,
    closing: 'If it was not you, choose a new password now and look at your sessions.',
  });
}
