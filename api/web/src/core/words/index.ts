// Every word the map element shows: one file per language, each complete. A new language is a new file and two lines here.
import { en, type Word, type Words } from "./en";
import { id } from "./id";
import { ja } from "./ja";
import { ko } from "./ko";
import { ms } from "./ms";
import { th } from "./th";
import { vi } from "./vi";
import { zh } from "./zh";

export type { Word };
/** Gives the text of a word; `{0}` is replaced by the argument. */
export type Say = (word: Word, argument?: string) => string;

/** The languages by their codes. */
export const LANGUAGES: Readonly<Record<string, Words>> = { en, zh, ja, ko, vi, th, id, ms };

const base = (tag: string): string => tag.split("-")[0]!.toLowerCase();

/** The states of a certificate's life, each with a word `life_...`. */
export const LIVES: readonly string[] = ["draft", "submitted", "issued", "presented", "partly_utilised", "utilised", "denied", "rejected", "cancelled", "replaced", "revoked", "expired"];

/** The first wish whose language there is, as a tag that `Intl` understands; else English. Wishes may be written `zh_CN`. */
export function languageOf(wishes: readonly (string | null | undefined)[]): string {
  for (const wish of wishes) {
    try {
      const tag = Intl.getCanonicalLocales((wish ?? "").trim().replaceAll("_", "-"))[0];
      if (tag && Object.hasOwn(LANGUAGES, base(tag))) return tag;
    } catch {
      // What is no language tag wishes for nothing.
    }
  }
  return "en";
}

/** Returns the words of a language. */
export function words(lang: string): Say {
  const own = LANGUAGES[base(lang)] ?? en;
  return (word, argument = "") => own[word].replace("{0}", () => argument);
}

/** Turns a word of the server's vocabulary, such as `gate_in`, into words for people. */
export function plain(word: string, lang = "en"): string {
  if (Object.hasOwn(en, word)) return words(lang)(word as Word);
  const text = word.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
