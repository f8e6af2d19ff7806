import {
  type Adds,
  atLeast,
  column,
  contextVariable,
  defineTrait,
  type LinkedRule,
  refers,
  ValidationError,
} from 'plinth'

/** The instants that rows are given instead of the present one. */
export interface GivenTimestamps {
  readonly createdAt?: Date
  /** Where it is left out, rows were last written when they were created. */
  readonly updatedAt?: Date
}

interface TimestampOptions {
  /** Whether `createdAt` has an index. */
  readonly index: boolean
  /**
   * Whether a row that gets or loses links of a many-to-many relation is written with it, as `touch` would; or the
   * relations that count.
   */
  readonly touchOnRelations: boolean | readonly string[]
}

const defaults: TimestampOptions = { index: false, touchOnRelations: false }

const given = contextVariable<GivenTimestamps | 'none'>('timestamps')

/**
 * Records when a row was created and last written, by the application's clock. Rows of one unit of work share their
 * instant. `createdAt` never changes, and `updatedAt` never goes back, whatever clocks do. `touch` writes it alone.
 */
export const Timestamps = defineTrait({
  name: 'Timestamps',
  defaults,
  refers: refers<{ touchOnRelations: unknown }>(),
  columns: ({ index }) => ({
    createdAt: column.timestamp({ index, immutable: true }),
    updatedAt: column.timestamp({ role: 'lastModified' }),
  }),
  rules: ({ touchOnRelations }) => ({
    insert: {
      set: (row, { now }) => {
        const { createdAt = now, updatedAt = createdAt } = asked(row)
        return { createdAt, updatedAt }
      },
    },
    update: {
      set: ({ now }) => (given.peek() === 'none' ? {} : { updatedAt: atLeast(asked({}).updatedAt ?? now) }),
    },
    ...(touchOnRelations !== false && { linked: touching(touchOnRelations) }),
  }),
  verbs: () => ({ touch: { set: ({ now }) => ({ updatedAt: atLeast(now) }) } }),
})

function touching(relations: true | readonly string[]): LinkedRule {
  return {
    ...(relations !== true && { relations }),
    before: async (rows, context) => {
      if (!stampsNothing()) await context.touch(rows.map(({ row }) => row))
    },
  }
}

/** What `@Timestamps` gives an entity: `createdAt`, `updatedAt`, and the verb `touch`. */
export type Timestamped = Adds<typeof Timestamps>

/**
 * Runs `work`, e.g. an import, and gives every row it inserts these instants. Rows it updates get its `updatedAt`, unless
 * theirs is later. What runs elsewhere meanwhile is not affected.
 * @throws {ValidationError} `INVALID_INSTANT` for what is no instant of the years 1 to 9999.
 */
export function withTimestamps<T>(timestamps: GivenTimestamps, work: () => T): T {
  for (const instant of [timestamps.createdAt, timestamps.updatedAt]) if (instant !== undefined) requireInstant(instant)
  return given.run({ ...timestamps }, work)
}

/**
 * Runs `work`, e.g. an import, and stamps nothing: rows keep the `createdAt` and `updatedAt` they are inserted with, and
 * updates write the `updatedAt` they are given or leave it as it is.
 */
export function withoutTimestamps<T>(work: () => T): T {
  return given.run('none', work)
}

/** Whether nothing is stamped now. */
export function stampsNothing(): boolean {
  return given.peek() === 'none'
}

type GivenOrNull = Partial<Record<keyof GivenTimestamps, Date | null | undefined>>

const nothing: GivenOrNull = {}

/** What is written instead of the present instant. */
function asked(row: GivenOrNull): Readonly<Record<keyof GivenTimestamps, Date | undefined>> {
  const asked = given.peek()
  const { createdAt, updatedAt } = asked === 'none' ? row : (asked ?? nothing)
  return { createdAt: createdAt ?? undefined, updatedAt: updatedAt ?? undefined }
}

const [first, last] = [Date.parse('0001-01-01T00:00:00Z'), Date.UTC(10_000, 0)]

function requireInstant(instant: unknown): void {
  if (instant instanceof Date && instant.getTime() >= first && instant.getTime() < last) return
  throw new ValidationError('A timestamp must be an instant of the years 1 to 9999.', { errorCode: 'INVALID_INSTANT' })
}
