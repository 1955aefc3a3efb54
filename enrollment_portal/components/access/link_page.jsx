import { useEffect, useState } from "react";

/** The token of a one-time link, which is behind the # and so reaches no log. */
const tokenOfAddress = () => new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

/** Ask the server whose link it is; if it does not answer, submitting the form says so. */
async function ask(token) {
  try {
    const body = new URLSearchParams({ token });
    const answer = await fetch("/auth/link", { method: "POST", body });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

/** The token of the address, and what the server says of it. */
function useLink() {
  const [token, setToken] = useState("");
  const [link, setLink] = useState({});

  useEffect(() => {
    let isShown = true;
    const read = async () => {
      const found = tokenOfAddress();
      setToken(found);
      const answer = await ask(found);
      if (isShown && found === tokenOfAddress()) setLink(answer);
    };
    read();
    addEventListener("hashchange", read);
    return () => {
      isShown = false;
      removeEventListener("hashchange", read);
    };
  }, []);

  return [token, link];
}

/**
 * The page behind a one-time link: whose it is, its form, or that it cannot be used.
 *
 * Its children are inside the form; if the link is refused, `ways` are shown instead.
 */
export function LinkPage({ titles, action, classNames, ways, children }) {
  const [token, link] = useLink();

  return (
    <>
      <h1 className={classNames.heading}>{titles[link.kind] ?? titles.invitation}</h1>
      <div aria-live="polite">
        {link.email ? (
          <p className={classNames.line}>
            <strong className={classNames.name}>{link.name}</strong>
            <span>{` (${link.email}), ${link.organization}`}</span>
          </p>
        ) : null}
        {link.refused ? <p className={classNames.refused}>{link.refused}</p> : null}
      </div>
      {link.refused ? (
        <ul className={classNames.ways}>
          {ways.map(([label, path]) => (
            <li key={path}>
              <a className={classNames.way} href={path}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      ) : (
        <form action={action} method="post" className={classNames.form}>
          <input type="hidden" name="token" value={token} readOnly />
          {/* For password managers, which store a password with its username. */}
          <input type="email" autoComplete="username" value={link.email ?? ""} readOnly hidden />
          {children}
        </form>
      )}
    </>
  );
}
