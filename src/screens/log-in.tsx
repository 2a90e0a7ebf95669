import { useEffect, useRef, useState } from 'preact/hooks';
import { fetchSession, logIn, logOut } from './gateway-api.ts';
import { IconButton } from './icon-button.tsx';
import { keyWanted } from './key-wanted.ts';
import type { Translation } from './translations.ts';

interface LogInProps {
  readonly t: Translation;
  /** A change of this value makes the button ask the gateway again whether somebody is logged in. */
  readonly isConnected?: boolean;
  readonly onDone?: () => void;
}

/** A button to log in with a key or to log out again, and the log-in dialog. No button appears if the gateway has no keys. */
export function LogIn({ t, isConnected = true, onDone = () => {} }: LogInProps) {
  const [isWanted, setWanted] = useState(keyWanted.isWanted);
  const [isLoggedIn, setLoggedIn] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const follow = () => setWanted(keyWanted.isWanted);
    // A request may have been refused since the first render.
    follow();
    return keyWanted.subscribe(follow);
  }, []);
  useEffect(() => {
    if (isWanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isWanted]);
  useEffect(() => {
    void fetchSession().then(
      (session) => setLoggedIn(session.isLoggedIn),
      () => {},
    );
  }, [isConnected, isWanted]);

  const leave = async () => {
    await logOut().catch(() => {});
    location.reload();
  };
  return (
    <>
      {isWanted && (
        <button
          type="button"
          class="button button-accept"
          onClick={() => dialog.current?.showModal()}
          data-test="log-in"
        >
          {t.logIn}
        </button>
      )}
      {isLoggedIn && !isWanted && (
        <IconButton label={t.logOut} onPress={() => void leave()} test="log-out">
          <path d="M14 4H6v16h8M11 12h9m0 0-3.5-3.5M20 12l-3.5 3.5" />
        </IconButton>
      )}
      <dialog
        ref={dialog}
        class="dialog log-in-dialog"
        aria-labelledby="log-in-title"
        data-test="log-in-dialog"
      >
        <LogInForm t={t} onLater={() => dialog.current?.close()} onDone={onDone} />
      </dialog>
    </>
  );
}

interface LogInFormProps {
  readonly t: Translation;
  readonly onLater: () => void;
  readonly onDone: () => void;
}

function LogInForm({ t, onLater, onDone }: LogInFormProps) {
  const [trouble, setTrouble] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const submit = async () => {
    const key = field.current?.value.trim() ?? '';
    const outcome = await logIn(key);
    setTrouble(outcome === 'refused' ? t.keyRefused : outcome === 'unanswered' ? t.keyUnanswered : '');
    if (outcome !== 'done') {
      field.current?.select();
      return;
    }
    // The page now has the cookie and no longer needs the key.
    field.current!.value = '';
    keyWanted.loggedIn();
    onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h2 id="log-in-title">{t.logIn}</h2>
      <p>{t.logInText}</p>
      <label class="field">
        <span>{t.key}</span>
        <input
          ref={field}
          type="password"
          required
          autocomplete="off"
          spellcheck={false}
          maxLength={200}
          aria-describedby="log-in-trouble"
          data-test="key"
        />
      </label>
      <p id="log-in-trouble" class="log-in-trouble" role="alert" data-test="log-in-trouble">
        {trouble}
      </p>
      <div class="log-in-buttons">
        <button type="button" class="button button-quiet" onClick={onLater} data-test="later">
          {t.later}
        </button>
        <button type="submit" class="button button-accept" data-test="submit-key">
          {t.logIn}
        </button>
      </div>
    </form>
  );
}
