// Verifies a signed document with libraries that are not ours: canonicalize (RFC 8785) and jose.
// Reads {document, jws, jwks, thumbprint} from standard input and prints what it found as JSON.
import { readFileSync } from "node:fs";
import canonicalize from "canonicalize";
import { calculateJwkThumbprint, createLocalJWKSet, flattenedVerify } from "jose";

const { document, jws, jwks } = JSON.parse(readFileSync(0, "utf8"));
const payload = new TextEncoder().encode(canonicalize(JSON.parse(document)));
const [header, between, signature] = jws.split(".");
const found = {
  canonical: new TextDecoder().decode(payload) === document,
  detached: between === "",
  thumbprint: await calculateJwkThumbprint(jwks.keys[0]),
};
try {
  const told = await flattenedVerify({ protected: header, payload, signature }, createLocalJWKSet(jwks), { algorithms: ["ES256"] });
  Object.assign(found, { intact: true, by: told.protectedHeader.iss, kid: told.protectedHeader.kid });
} catch (error) {
  Object.assign(found, { intact: false, code: error.code });
}
console.log(JSON.stringify(found));
