/** The deepest that documents are looked into, and the most members of an object that are compared with each other. */
const deepest = 32
const mostMembers = 32
/** So many digits are never lost, and of so few places a number is written without an exponent. */
const mostDigits = 15
const mostPlaces = 6

const space = 0x20
const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const colon = 0x3a
const bracket = 0x5b
const backslash = 0x5c
const bracketEnd = 0x5d
const brace = 0x7b
const braceEnd = 0x7d

const isDigit = (code: number): boolean => code >= zero && code <= nine
const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff

/**
 * What `JSON.stringify(JSON.parse(text))` gives; undefined where the text is not plain enough to tell that without doing it: where
 * it has escapes, members that are doubled or may be in another order, or numbers that are written in another way.
 */
export function compactJson(text: string): string | undefined {
  const reading = new PlainJson(text)
  return reading.value(0) && reading.isAtEnd ? reading.compacted : undefined
}

/** Reads a text from its start. Each method tells whether what it reads stands there and is plain. */
class PlainJson {
  readonly #text: string
  #at = 0
  /** What was read up to where the text was last left out. */
  #before = ''
  #from = 0

  constructor(text: string) {
    this.#text = text
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  get compacted(): string {
    return this.#before + this.#text.slice(this.#from)
  }

  value(depth: number): boolean {
    switch (this.#code()) {
      case quote:
        return this.#string()
      case brace:
        return depth < deepest && this.#object(depth + 1)
      case bracket:
        return depth < deepest && this.#list(depth + 1)
      default:
        return this.#word('true') || this.#word('false') || this.#word('null') || this.#number()
    }
  }

  #object(depth: number): boolean {
    this.#at++
    if (this.#takes(braceEnd)) return true
    const names: string[] = []
    do {
      const start = this.#at + 1
      if (!this.#string()) return false
      const name = this.#text.slice(start, this.#at - 1)
      // Members that are called by numbers come first, and of two with one name only the second is there.
      if (isDigit(name.charCodeAt(0)) || names.includes(name) || names.push(name) > mostMembers) return false
      if (!this.#separated(colon) || !this.value(depth)) return false
    } while (this.#separated(comma))
    return this.#takes(braceEnd)
  }

  #list(depth: number): boolean {
    this.#at++
    if (this.#takes(bracketEnd)) return true
    do if (!this.value(depth)) return false
    while (this.#separated(comma))
    return this.#takes(bracketEnd)
  }

  #string(): boolean {
    if (!this.#takes(quote)) return false
    for (let code = this.#code(); code !== quote; code = this.#code()) {
      if (!(code >= space) || code === backslash || isSurrogate(code)) return false
      this.#at++
    }
    this.#at++
    return true
  }

  #number(): boolean {
    const isNegative = this.#takes(minus)
    const beginsWithZero = this.#code() === zero
    const whole = this.#digits()
    if (whole === 0 || (beginsWithZero && whole > 1)) return false
    const places = this.#takes(point) ? this.#digits() : undefined
    // An exponent is left where it is, so that nothing that may follow does: it is written in another way.
    if (whole + (places ?? 0) > mostDigits) return false
    if (places === undefined) return !(isNegative && beginsWithZero)
    return places > 0 && places <= mostPlaces && this.#text.charCodeAt(this.#at - 1) !== zero
  }

  #digits(): number {
    const start = this.#at
    while (isDigit(this.#code())) this.#at++
    return this.#at - start
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    this.#at += word.length
    return true
  }

  /** Takes a character and leaves out the blank behind it, as databases write one. */
  #separated(code: number): boolean {
    if (!this.#takes(code)) return false
    if (this.#code() !== space) return true
    this.#before += this.#text.slice(this.#from, this.#at)
    this.#at++
    this.#from = this.#at
    return true
  }

  #takes(code: number): boolean {
    if (this.#code() !== code) return false
    this.#at++
    return true
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at)
  }
}
