import * as messages from "./messages.js";

/**
 * The page shown after an error: what happened, and a button that loads the page again.
 *
 * It uses no context and no state, which may be what failed. What threw is in the console and in
 * the server's log, not on the page.
 */
export function ErrorPage() {
  return (
    <main className="grid min-h-screen place-items-center bg-bg px-6 text-ink">
      <div role="alert" className="flex max-w-110 flex-col items-center text-center text-ink2">
        <h1 className="text-lead font-semibold text-ink">{messages.STOPPED}</h1>
        <p className="mt-1">{messages.STOPPED_TEXT}</p>
        <button
          type="button"
          onClick={() => window.location.reload()}
          className="mt-4 inline-flex h-8 items-center justify-center rounded-lg border border-line bg-panel px-3 font-medium text-ink hover:bg-hover"
        >
          {messages.LOAD_AGAIN}
        </button>
      </div>
    </main>
  );
}
