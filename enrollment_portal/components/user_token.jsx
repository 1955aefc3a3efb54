import { useEffect, useState } from "react";

/** The token of an invitation's link, which stands behind the # and so reaches no log. */
export function LinkToken() {
  const [token, setToken] = useState("");

  useEffect(() => {
    const read = () => setToken(new URLSearchParams(location.hash.slice(1)).get("token") ?? "");
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);

  return <input type="hidden" name="token" value={token} readOnly />;
}
