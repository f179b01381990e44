// The boxes of each form, as they are printed: which fields stand in them, and where each lies in the document.

/** One thing that is typed; `path` is where it lies in the document. */
export interface Field {
  path: string; label: string;
  kind?: "text" | "area" | "date" | "number" | "country" | "choice" | "tick" | "ticks";
  options?: readonly string[]; hint?: string;
}
/** One box of the form; a box of items stands once for each item, its paths begin behind the item. */
export interface Box { no: string; title: string; fields: Field[]; wide?: boolean; note?: string }
export interface Form { id: string; name: string; regime: string; form: string; parties: readonly string[]; head: Box[]; items: Box[]; tail: Box[] }

const RCEP = ["AU", "BN", "CN", "ID", "JP", "KH", "KR", "LA", "MM", "MY", "NZ", "PH", "SG", "TH", "VN"] as const;
const ASEAN = ["BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "VN"] as const;
const USMCA = ["CA", "MX", "US"] as const;
const PRODUCER = ["same_as_exporter", "named", "confidential", "not_available", "see_box_8", "various", "available_upon_request"];

const party = (name: string): Field[] => [
  { path: `${name}.name`, label: "Name" }, { path: `${name}.address`, label: "Address", kind: "area" }, { path: `${name}.country`, label: "Country", kind: "country" },
];
const producer: Field[] = [
  { path: "producer.mode", label: "Producer is", kind: "choice", options: PRODUCER },
  { path: "producer.name", label: "Name, if named" }, { path: "producer.address", label: "Address", kind: "area" },
];
const transport: Field[] = [
  { path: "transport.departure_date", label: "Departure date", hint: "2026-09-05, or *** before shipping" },
  { path: "transport.conveyance_text", label: "Vessel's name, aircraft etc." },
  { path: "transport.port_of_discharge_text", label: "Port of discharge" },
];
const identity: Field[] = [
  { path: "number", label: "Certificate No." }, { path: "issuer.country", label: "Issued in", kind: "country" }, { path: "issuer.body", label: "Issuing body" },
  { path: "lifecycle.issued_on", label: "Day of issue", kind: "date" }, { path: "lifecycle.valid_until", label: "Valid until", kind: "date" },
];
const packages: Field[] = [
  { path: "packages.count", label: "Packages", kind: "number" }, { path: "packages.kind", label: "Kind", hint: "CT, PK …" },
  { path: "description", label: "Description of goods", kind: "area" },
];
const hs: Field = { path: "hs6", label: "HS code, 6 digits" };
const amount: Field[] = [{ path: "quantity.value", label: "Quantity", kind: "number" }, { path: "quantity.unit", label: "Unit", hint: "KGM, PCE …" }];
const fob: Field[] = [{ path: "fob.value", label: "FOB value, only for RVC", kind: "number" }, { path: "fob.currency", label: "Currency", hint: "USD" }];
const invoice: Field[] = [{ path: "invoices[0].no", label: "Invoice No." }, { path: "invoices[0].date", label: "Date", kind: "date" }];
const official: Box = { no: "", title: "For official use", fields: [], note: "Filled in by the importing Party." };
const numbered = (no: string, box: Omit<Box, "no">): Box => ({ no, ...box });

/** Every form that this page knows. */
export const FORMS: readonly Form[] = [
  {
    id: "rcep", name: "Form RCEP (17 boxes)", regime: "RCEP", form: "certificate_of_origin", parties: RCEP,
    head: [
      numbered("1", { title: "Goods consigned from (exporter)", fields: party("exporter") }),
      { no: "", title: "Certificate", fields: identity },
      numbered("2", { title: "Goods consigned to (importer, consignee)", fields: party("consignee") }),
      numbered("3", { title: "Producer (if known)", fields: producer }),
      numbered("4", { title: "Means of transport and route (if known)", fields: transport }),
      { ...official, no: "5" },
    ],
    items: [
      numbered("7", { title: "Marks and numbers", fields: [{ path: "marks", label: "Marks", kind: "area" }] }),
      numbered("8", { title: "Number and kind of packages; description", fields: packages }),
      numbered("9", { title: "HS code", fields: [hs] }),
      numbered("10", { title: "Origin conferring criterion", fields: [
        { path: "criterion.main", label: "Criterion", kind: "choice", options: ["WO", "PE", "CTC", "RVC", "CR"] },
        { path: "criterion.modifiers", label: "Together with", kind: "ticks", options: ["ACU", "DMI"] }] }),
      numbered("11", { title: "RCEP country of origin", fields: [{ path: "rcep_country_of_origin", label: "Country", kind: "country" }] }),
      numbered("12", { title: "Quantity; FOB value where RVC", fields: [...amount, ...fob] }),
      numbered("13", { title: "Invoice number and date", fields: invoice }),
    ],
    tail: [
      numbered("14", { title: "Remarks", fields: [{ path: "remarks", label: "Remarks", kind: "area" }] }),
      numbered("15", { title: "Declaration by the exporter", fields: [{ path: "importing_party", label: "Importing Party", kind: "country" }, { path: "exporter_declaration.date", label: "Date", kind: "date" }] }),
      numbered("16", { title: "Certification", fields: [{ path: "certification.date", label: "Date", kind: "date" }, { path: "certification.place", label: "Place" }] }),
      numbered("17", { title: "Ticks", fields: [
        { path: "flags.back_to_back", label: "Back-to-back certificate", kind: "tick" }, { path: "flags.third_party_invoicing", label: "Third-party invoicing", kind: "tick" },
        { path: "flags.issued_retroactively", label: "ISSUED RETROACTIVELY", kind: "tick" },
        { path: "third_party.name", label: "Third party's name" }, { path: "original_proof.number", label: "Original proof No." }, { path: "original_proof.country", label: "Original proof of", kind: "country" },
        { path: "original_proof.valid_until", label: "Original valid until", kind: "date" }] }),
    ],
  },
  {
    id: "atiga", name: "e-Form D (ATIGA)", regime: "ATIGA", form: "form_d", parties: ASEAN,
    head: [
      numbered("1", { title: "Goods consigned from", fields: party("exporter") }), { no: "", title: "Reference", fields: identity },
      numbered("2", { title: "Goods consigned to", fields: party("consignee") }), numbered("3", { title: "Means of transport and route", fields: transport }),
      { ...official, no: "4" },
    ],
    items: [
      numbered("6", { title: "Marks and numbers", fields: [{ path: "marks", label: "Marks", kind: "area" }] }),
      numbered("7", { title: "Packages, description, HS number", fields: [...packages, hs] }),
      numbered("8", { title: "Origin criterion", fields: [{ path: "criterion.main", label: "Criterion", hint: "WO, 40%, CTH+35%, SP" }, { path: "country_of_origin", label: "Country of origin", kind: "country" }] }),
      numbered("9", { title: "Weight or quantity, FOB value", fields: [...amount, ...fob] }),
      numbered("10", { title: "Invoice", fields: invoice }),
    ],
    tail: [
      numbered("11", { title: "Declaration by the exporter", fields: [{ path: "importing_party", label: "Importing country", kind: "country" }, { path: "exporter_declaration.date", label: "Date", kind: "date" }] }),
      numbered("12", { title: "Certification", fields: [{ path: "certification.date", label: "Date", kind: "date" }] }),
      numbered("13", { title: "Ticks", fields: ["back_to_back", "third_party_invoicing", "issued_retroactively", "exhibition", "accumulation", "de_minimis", "partial_cumulation"]
        .map((flag) => ({ path: `flags.${flag}`, label: flag.replaceAll("_", " "), kind: "tick" as const })) }),
    ],
  },
  {
    id: "usmca", name: "USMCA certification (nine elements)", regime: "USMCA", form: "certification_of_origin", parties: USMCA,
    head: [
      numbered("1", { title: "Certifier", fields: [{ path: "certifier.role", label: "Certifies as", kind: "choice", options: ["exporter", "producer", "importer"] }, { path: "number", label: "Your reference" }] }),
      numbered("2", { title: "Certifier's name and address", fields: party("certifier") }),
      numbered("3", { title: "Exporter, if another", fields: party("exporter") }),
      numbered("4", { title: "Producer", fields: producer }),
      numbered("5", { title: "Importer", fields: [{ path: "importer", label: "Name, or `various`, `unknown`" }, { path: "importing_party", label: "Importing Party", kind: "country" }] }),
    ],
    items: [
      numbered("6", { title: "Description and HS classification", fields: [{ path: "description", label: "Description of goods", kind: "area" }, hs] }),
      numbered("7", { title: "Origin criterion", fields: [{ path: "criterion.main", label: "Criterion", kind: "choice", options: ["A", "B", "C", "D"] }, { path: "country_of_origin", label: "Country of origin", kind: "country" }] }),
    ],
    tail: [
      numbered("8", { title: "Blanket period", fields: [{ path: "blanket_period.from", label: "From", kind: "date" }, { path: "blanket_period.until", label: "Until", kind: "date" }] }),
      numbered("9", { title: "Signature", fields: [{ path: "signature.name", label: "Name" }, { path: "signature.title", label: "Title" }, { path: "signature.date", label: "Date", kind: "date" }] }),
    ],
  },
];

/** What ties a certificate to a shipment; it stands on no form. */
export const TIES: readonly (readonly [string, string])[] = [
  ["BKG", "Booking"], ["TRD", "Bill of lading"], ["HBL", "House bill"], ["EQ", "Container"], ["INV", "Invoice"], ["SHI", "Shipment"],
];
