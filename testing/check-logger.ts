import { deepStrictEqual, ok, strictEqual } from 'node:assert'
import type { Awaitable, LogFields, Logger } from 'plinth'

/** A record as it was written. */
export interface WrittenRecord {
  /** `debug`, `info`, `warn` or `error`, however the logger calls them. */
  readonly level: string
  readonly message: string
  /** All other members, as they can be read again. */
  readonly fields: Readonly<Record<string, unknown>>
}

/** A logger, and what it has written. */
export interface ObservedLogger {
  readonly logger: Logger
  /** Everything that was written so far, one record for each call. */
  readonly records: () => Awaitable<readonly WrittenRecord[]>
}

/** How `checkLogger` makes a logger. */
export interface LoggerCheck {
  /** Makes a logger that writes records of every level. */
  readonly create: () => Awaitable<ObservedLogger>
}

/**
 * Checks that a logger keeps the rules of `Logger`: one record a call, fields of children, nothing that throws, no secrets.
 * @throws {AssertionError} that says which rule is broken.
 */
export async function checkLogger(check: LoggerCheck): Promise<void> {
  const rules = [checkRecords, checkChildren, checkOddities, checkErrors, checkSecrets]
  for (const rule of rules) await rule(await check.create())
}

const levels = ['debug', 'info', 'warn', 'error'] as const

async function checkRecords({ logger, records }: ObservedLogger): Promise<void> {
  for (const level of levels)
    logger[level](`at ${level}`, { level: 'no', number: 1, text: 'a', list: [1, { a: null }] })
  logger.info('two\nlines\r\n"quoted" ü👍')
  const written = await records()
  deepStrictEqual(
    written.map(({ level, message }) => [level, message]),
    [...levels.map((level) => [level, `at ${level}`]), ['info', 'two\nlines\r\n"quoted" ü👍']],
    'Each call writes one record with its level and its message, which fields do not replace.',
  )
  const { number, text, list } = written[0]!.fields
  deepStrictEqual({ number, text, list }, { number: 1, text: 'a', list: [1, { a: null }] }, 'Fields are written.')
}

async function checkChildren({ logger, records }: ObservedLogger): Promise<void> {
  const child = logger.child({ service: 'a', kept: 1 })
  child.child({ service: 'b' }).info('grandchild', { own: 2 })
  child.info('child', { service: 'c' })
  logger.info('parent')
  const [grandchild, second, parent] = (await records()).map(({ fields }) => fields)
  const { service, kept, own } = grandchild!
  deepStrictEqual(
    { service, kept, own },
    { service: 'b', kept: 1, own: 2 },
    'Children add fields, and the nearest wins.',
  )
  strictEqual(second!['service'], 'c', 'The fields of a record win over those of its logger.')
  ok(!('service' in parent!), 'A child leaves its parent as it was.')
}

async function checkOddities({ logger, records }: ObservedLogger): Promise<void> {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const odd: LogFields = {
    circle,
    big: 12n,
    symbol: Symbol('s'),
    call: () => 1,
    nothing: undefined,
    never: new Date(Number.NaN),
    broken: Object.defineProperty({}, 'no', {
      enumerable: true,
      get: () => {
        throw new Error('no')
      },
    }),
    good: 1,
  }
  const throwing = Object.defineProperty({ good: 1 }, 'bad', {
    enumerable: true,
    get: () => {
      throw new Error('no')
    },
  })
  for (const fields of [odd, throwing]) {
    logger.info('odd', fields)
    logger.child(fields).info('child')
  }
  const written = await records()
  strictEqual(written.length, 4, 'A record is written whatever its fields are, and nothing throws.')
  ok(
    written.every(({ fields }) => fields['good'] === 1),
    'A field that cannot be written does not take others with it.',
  )
}

async function checkErrors({ logger, records }: ObservedLogger): Promise<void> {
  logger.error('failed', { error: new TypeError('outer', { cause: new Error('inner') }) })
  const text = JSON.stringify((await records())[0]!.fields['error'] ?? null)
  for (const part of ['TypeError', 'outer', 'inner']) ok(text.includes(part), `Errors are written with ${part}.`)
}

async function checkSecrets({ logger, records }: ObservedLogger): Promise<void> {
  const secret = 'c4n4ryS3cret'
  const fields = {
    password: secret,
    nested: { list: [{ accessToken: secret }], headers: { Cookie: secret, authorization: `Bearer ${secret}` } },
    error: new Error(`cannot connect to postgres://ada:${secret}@db/app`),
  }
  logger.info(`GET /reset?token=${secret}`, fields)
  logger.child(fields).warn('child')
  ok(!JSON.stringify(await records()).includes(secret), 'Nothing that is secret by its name or form is written.')
}
