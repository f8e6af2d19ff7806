import { TextDecoder } from 'node:util'

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

const control = /[^\P{Cc}\t\n\f\r]/u

/** The text that bytes are, where they are well-formed UTF-8 without control characters; otherwise undefined. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return control.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Tells whether what passes is text, without keeping more of it than is needed. */
export class TextProbe {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  readonly #types: readonly string[]
  /** The whole text, where it has to be read as a whole. */
  #whole: string[] | undefined
  /** Its first characters that are not white space. */
  #opening = ''
  #isText = true

  constructor(types: readonly string[]) {
    this.#types = types.filter((type) => textTypes.has(type))
    this.#whole = this.#types.includes('application/json') ? [] : undefined
    this.#isText = this.#types.length > 0
  }

  /** Takes some bytes. @returns whether all of them together may still be text of a type. */
  push(bytes: Uint8Array): boolean {
    return this.#take((decoder) => decoder.decode(bytes, { stream: true }))
  }

  /** The types that it may be, now that all of it was seen. */
  end(): readonly string[] {
    if (!this.#take((decoder) => decoder.decode())) return []
    const whole = this.#whole?.join('') ?? ''
    return this.#types.filter((type) => (type === 'application/json' ? isJson(whole) : isPlain(this.#opening)))
  }

  #take(decode: (decoder: TextDecoder) => string): boolean {
    if (!this.#isText) return false
    try {
      const text = decode(this.#decoder)
      this.#isText = !control.test(text)
      if (this.#opening.length < 2)
        this.#opening += this.#opening === '' ? text.trimStart().slice(0, 2) : text.slice(0, 1)
      if (!this.#whole && !isPlain(this.#opening)) this.#isText = false
      this.#whole?.push(text)
    } catch {
      this.#isText = false
    }
    return this.#isText
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
