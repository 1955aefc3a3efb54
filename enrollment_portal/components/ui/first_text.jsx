/** An element with one text, which the server may have put into the page before. */
export function FirstText({ element: Element, text, ...rest }) {
  return (
    <Element {...rest} suppressHydrationWarning>
      {text}
    </Element>
  );
}
