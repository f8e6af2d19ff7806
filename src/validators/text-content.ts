/**
 * The types that have no signature and are told by reading them. Text that browsers run (HTML, SVG, XML, scripts) is
 * not among them: no look at the bytes can say that it is harmless.
 */
export const textTypes: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['text/plain', isPlain],
  ['text/csv', isPlain],
  ['text/tab-separated-values', isPlain],
  ['text/markdown', isPlain],
  ['application/json', isJson],
])

/** The text that bytes are, where they are well-formed UTF-8 without control characters; otherwise undefined. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return /[^\P{Cc}\t\n\f\r]/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

// A browser that guesses takes what begins like markup for a page (MIME Sniffing, section 7.1).
function isPlain(text: string): boolean {
  return !/^\s*<[A-Za-z!/?]/.test(text)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
