import { isSecretName, redacted } from './secret-names.js'

/**
 * What gives something a name: `password=`, `"token": `, `'token' => `, `Key (token)=`; also inside of JSON that was written as a
 * text once more, and in an address that is a parameter of another.
 */
const naming = /([\w.[\]%-]{2,64}?)([\])]?(?:\\{0,15}["'`])?\s{0,3}(?:=>|[=:]|%3[ad])\s{0,3})/gi
const header = /^(?:(?:proxy-)?authorization|(?:set-)?cookie)$/i

/**
 * A text without what secret names are given in it. What other names are given is looked at like everything else: an
 * address behind `url: ` may have a token.
 */
export function withoutAssigned(text: string): string {
  const kept: string[] = []
  let from = 0
  naming.lastIndex = 0
  for (let found = naming.exec(text); found; found = naming.exec(text)) {
    const [, name = '', sign = ''] = found
    const start = naming.lastIndex
    const value = isSecretName(name) ? valueAt(text, start, header.test(name) && sign.includes(':')) : undefined
    if (!value || value.end === start) continue
    kept.push(text.slice(from, start), value.opening, redacted, value.closing)
    from = value.end
    naming.lastIndex = from
  }
  kept.push(text.slice(from))
  return kept.join('')
}

/** What a name is given, with the quotation marks it stands in. */
interface Value {
  readonly end: number
  readonly opening: string
  readonly closing: string
}

function valueAt(text: string, start: number, isHeader: boolean): Value {
  const opening = matchAt(mark, text, start)
  if (opening !== '') {
    const end = endOfQuoted(text, start + opening.length, opening)
    return { end, opening, closing: end < text.length || text.endsWith(opening) ? opening : '' }
  }
  const end = '[{('.includes(text[start] ?? ' ')
    ? endOfBrackets(text, start)
    : start + matchAt(isHeader ? restOfHeader : word, text, start).length
  return { end, opening: '', closing: '' }
}

/** A quotation mark, behind backslashes where the text stands in another. */
const mark = /\\{0,15}["'`]/y
const word = /[^\s"'&;,]+/y
/** Up to the end of its line, or of the text in which it is quoted. */
const restOfHeader = /(?:="[^"\r\n]*"|[^\r\n"'`\\])+/y
const bracketOrMark = /[[{()}\]]|\\{0,15}["'`]/g

function matchAt(sticky: RegExp, text: string, start: number): string {
  sticky.lastIndex = start
  return sticky.exec(text)?.[0] ?? ''
}

/** Behind the same mark, which stands behind as many backslashes; one that belongs to the text has more of them. What `start` is behind is a mark. */
function endOfQuoted(text: string, start: number, opening: string): number {
  const slashes = opening.length - 1
  const quote = opening.slice(-1)
  for (let end = text.indexOf(quote, start); end >= 0; end = text.indexOf(quote, end + 1)) {
    let before = 0
    while (text[end - before - 1] === '\\') before++
    if (before % (2 * slashes + 2) === slashes) return end + 1
  }
  return text.length
}

/** Behind the bracket that closes the one at `start`; brackets in quotation marks are none. */
function endOfBrackets(text: string, start: number): number {
  bracketOrMark.lastIndex = start
  let depth = 0
  for (let found = bracketOrMark.exec(text); found; found = bracketOrMark.exec(text)) {
    const [one] = found
    if ('[{('.includes(one)) depth++
    else if (!')}]'.includes(one)) bracketOrMark.lastIndex = endOfQuoted(text, bracketOrMark.lastIndex, one)
    else if (--depth === 0) return bracketOrMark.lastIndex
  }
  return text.length
}
