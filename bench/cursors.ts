import { createHmac, timingSafeEqual } from 'node:crypto'
import { CursorCodec } from '../src/http/lists/cursor-codec.js'
import { type Comparison, compare } from './compare.js'

const secret = 'a key of the benchmark alone, 32 characters or more'
const values = ['2024-01-01 00:00:37.000', '00000000-0000-7000-8000-000000000001']
const cursor = { mark: 'a list, its order and its filters', backwards: false, at: { values } }

const signatureOf = (text: string): Buffer => createHmac('sha256', secret).update(text).digest()

/** What one would write at once: keys that everybody can read, and a signature. */
function signed(): string {
  const text = Buffer.from(JSON.stringify(cursor)).toString('base64url')
  return `${text}.${signatureOf(text).toString('base64url')}`
}

function unsigned(given: string): unknown {
  const [text = '', signature = ''] = given.split('.')
  if (!timingSafeEqual(signatureOf(text), Buffer.from(signature, 'base64url'))) throw new Error('It is forged.')
  return JSON.parse(Buffer.from(text, 'base64url').toString())
}

/** Writes a cursor with two sort keys, and reads it. */
export function cursorComparison(): Promise<Comparison> {
  const codec = new CursorCodec([secret])
  return compare(
    'Write a cursor and read it',
    {
      'JSON and a signature by hand': async () => unsigned(signed()),
      'plinth, open': async () => codec.read(codec.write(cursor, 'open')),
      'plinth, sealed': async () => codec.read(codec.write(cursor, 'sealed')),
    },
    { rounds: 9, calls: 2000 },
  )
}
