import { notify } from "./notices.js";

/**
 * Copies a text, and announces whether that worked. Where it did not, as under an address without
 * TLS, the field with the text, of the id `field`, has the focus and is selected.
 */
export function CopyButton({ text, field, copied, notCopied, className, children }) {
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      notify(copied);
    } catch {
      document.getElementById(field)?.focus();
      document.getElementById(field)?.select();
      notify(notCopied);
    }
  };
  return (
    <button type="button" className={className} onClick={copy}>
      {children}
    </button>
  );
}
