import { StrictMode, useCallback, useState } from "react";
import { createRoot } from "react-dom/client";
import { SealaneMap } from "./SealaneMap.jsx";

const SERVER = "https://maps.example.com";
const KEY = "sl_pk_example";
const CERTIFICATES = ["eco_example", "eco_other"];

function App() {
  const [chosen, choose] = useState(CERTIFICATES[0]);
  const [dark, setDark] = useState(false);
  const [open, setOpen] = useState(true);
  const [stops, setStops] = useState(0);
  const updated = useCallback(({ features }) => setStops(features.filter((f) => f.properties.kind === "stop").length), []);
  return (
    <main>
      <h1>Your delivery</h1>
      <select aria-label="Delivery" value={chosen} onChange={(event) => choose(event.target.value)}>
        {CERTIFICATES.map((id) => <option key={id} value={id}>{id}</option>)}
      </select>
      <button onClick={() => setDark(!dark)}>{dark ? "Light" : "Dark"}</button>
      <button onClick={() => setOpen(!open)}>{open ? "Close" : "Open"}</button>
      <p id="stops">{stops} stops</p>
      {open && (
        <SealaneMap server={SERVER} publishableKey={KEY} certificate={chosen} theme={dark ? "dark" : "light"} lang="en"
          style={{ height: 520 }} onUpdate={updated} />
      )}
    </main>
  );
}

createRoot(document.getElementById("root")).render(<StrictMode><App /></StrictMode>);
