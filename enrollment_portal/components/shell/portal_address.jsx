import { useEffect, useState } from "react";
import * as messages from "./messages.js";

/**
 * Shows the portal only at its own addresses; anywhere else, where the server refuses its socket
 * and its forms, a page that leads there.
 */
export function PortalAddress({ origins, address, children }) {
  const [wanted, setWanted] = useState("");
  useEffect(() => {
    const { origin, pathname, search, hash } = window.location;
    if (!origins.includes(origin)) setWanted(address + pathname + search + hash);
  }, [origins, address]);
  if (!wanted) return children;
  return (
    <main className="grid min-h-screen place-items-center bg-bg px-4 py-16 text-ink">
      <div className="w-full max-w-105 rounded-xl border border-line bg-panel p-6">
        <h1 className="text-xl font-semibold tracking-tight">{messages.HEADING}</h1>
        <p role="alert" className="mt-2 text-ink2 [overflow-wrap:anywhere]">
          {messages.isElsewhere(address)}
        </p>
        <a
          href={wanted}
          className="mt-4 inline-block font-medium text-accent-text underline [overflow-wrap:anywhere]"
        >
          {messages.open(address)}
        </a>
      </div>
    </main>
  );
}
