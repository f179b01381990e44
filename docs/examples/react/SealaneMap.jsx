// A delivery map as a React component (React 19). The element comes from your Sealane server and is loaded once.
import { useEffect, useRef } from "react";

const loaded = new Map();

/** Loads the element's module from a server; bundlers leave the address alone. */
function load(server) {
  if (!loaded.has(server)) loaded.set(server, import(/* @vite-ignore */ /* webpackIgnore: true */ `${server}/sealane-map.js`));
  return loaded.get(server);
}

/**
 * `publishableKey` is written as `publishable-key`, for React keeps `key` to itself. Everything else that an element may have
 * (`lang`, `theme`, `panel`, `style`, `className`, `aria-label` ...) is passed on.
 */
export function SealaneMap({ server, certificate, publishableKey, onUpdate, onError, ...rest }) {
  const map = useRef(null);
  useEffect(() => {
    load(server).catch((error) => onError?.({ status: 0, code: null, message: String(error) }));
  }, [server]);
  useEffect(() => {
    const element = map.current;
    const listeners = { "sealane:update": (event) => onUpdate?.(event.detail), "sealane:error": (event) => onError?.(event.detail) };
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
    };
  }, [onUpdate, onError]);
  return <sealane-map ref={map} src={server} certificate={certificate} publishable-key={publishableKey} {...rest} />;
}
