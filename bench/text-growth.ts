/**
 * Shows that what looks at texts from outside takes time in proportion to their length. Each function is run in turns on
 * hostile texts of n and of 8n characters; the growth is the power of the length that its shortest times grew by: 1 for
 * linear work, 2 for quadratic. Above 1.5 the program fails. Only the powers carry over between machines.
 */
import { clientIpReader, hashString, slugify, validateFileExtension, validateJsonSchema, validateNoHtml } from 'plinth'

const most = 1.5
const factor = 8
const length = 25_000
const rounds = 7

const everybody = ['0.0.0.0/1', '128.0.0.0/1']
const read = clientIpReader({ trust: everybody })
const readForwarded = clientIpReader({ trust: everybody, header: 'forwarded' })
const socket = { remoteAddress: '10.0.0.1' }
const isName = validateFileExtension({ allowed: ['.jpg'] })

const formats = `date date-time duration email hostname ipv4 ipv6 json-pointer regex relative-json-pointer time uri
  uri-reference uri-template uuid`.split(/\s+/)

const functions: Readonly<Record<string, (text: string) => unknown>> = {
  slugify: (text) => slugify(text, { maxLength: text.length }),
  'slugify, German': (text) => slugify(text, { maxLength: text.length, locale: 'de' }),
  'slugify, Unicode': (text) => slugify(text, { maxLength: Math.ceil(text.length / 2), unicode: true }),
  hashString: (text) => hashString(text),
  validateNoHtml: (text) => validateNoHtml(text),
  validateFileExtension: (text) => isName(text),
  'X-Forwarded-For': (text) => read({ socket, headers: { 'x-forwarded-for': text } }),
  Forwarded: (text) => readForwarded({ socket, headers: { forwarded: text } }),
  ...Object.fromEntries(formats.map((format) => [`format ${format}`, formatCheck(format)])),
}

// Each is repeated until the text is long enough; those of formats begin well, so that their patterns get going.
const pieces = `< <a - ' a' a- 🦄 e\u0301 \u0301 你 1.1.1.1, for=1.1.1.1, for=" , . a a. a@ a@a. http://a %41 {a} /
  ~0 ( (a P1Y 0 \ud800 \u00ad ü Σ % a% :: a: [ \\`.split(/\s+/)
const beginnings = ['', 'a@', 'http://', '/', 'P', '{', '2020-01-01T00:00:00.']

function formatCheck(format: string): (text: string) => unknown {
  const schema = { type: 'string', format }
  return validateJsonSchema(schema, { limits: { characters: Number.POSITIVE_INFINITY } })
}

function nanoseconds(work: (text: string) => unknown, text: string): number {
  const start = process.hrtime.bigint()
  work(text)
  return Number(process.hrtime.bigint() - start)
}

/** The power of the length that the time grows by; 0 where it is too short to tell. */
function growth(work: (text: string) => unknown, beginning: string, piece: string): number {
  const short = beginning + piece.repeat(length / piece.length)
  const long = beginning + piece.repeat((factor * length) / piece.length)
  const times = Array.from({ length: rounds }, () => [nanoseconds(work, short), nanoseconds(work, long)] as const)
  const [one, many] = [0, 1].map((which) => Math.min(...times.map((pair) => pair[which]!))) as [number, number]
  return many < 500_000 ? 0 : Math.log(many / one) / Math.log(factor)
}

let worst = 0
for (const [name, work] of Object.entries(functions)) {
  const starts = name.startsWith('format') ? beginnings : ['']
  const growths = starts.flatMap((start) =>
    pieces.map((piece) => ({ text: `${start}${piece}…`, power: growth(work, start, piece) })),
  )
  const { text, power } = growths.reduce((one, other) => (other.power > one.power ? other : one))
  worst = Math.max(worst, power)
  const shown = power === 0 ? 'too fast to tell' : `${power.toFixed(2)} at most, for ${JSON.stringify(text)}`
  process.stdout.write(`${name.padEnd(30)} ${shown}\n`)
}
process.exitCode = worst > most ? 1 : 0
