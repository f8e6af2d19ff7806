import type * as FastCheck from 'fast-check'
import type { Column, Model, RowData } from 'plinth'
import type { BehaviourOptions } from './behaviour-options.js'
import type { Operation } from './operation.js'

type Library = typeof FastCheck
type Arbitrary<T> = FastCheck.Arbitrary<T>

/** Sequences of steps; a step is one operation of each client. What there is to do comes from the model alone. */
export function sequences(fc: Library, model: Model, options: BehaviourOptions): Arbitrary<Operation[][]> {
  const { clients = 1, steps = 12 } = options
  const step = fc.array(operations(fc, model, options), { minLength: clients, maxLength: clients })
  return fc.array(step, { minLength: 1, maxLength: steps, size: 'max' })
}

function operations(fc: Library, model: Model, options: BehaviourOptions): Arbitrary<Operation> {
  const { clients = 1, contexts = [] } = options
  const context = fc.nat(Math.max(0, contexts.length - 1))
  // Writes of several rows are only one write to each client that waits for none of them.
  const picks = fc.uniqueArray(fc.nat(7), { minLength: 1, maxLength: clients > 1 ? 1 : 3 })
  const verbs = Object.entries(model.verbs).map(([verb, { input }]) => {
    const values = options.inputs?.[verb]?.(fc) ?? rowsOf(fc, input)
    return {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('verb' as const), verb: fc.constant(verb), context, picks, values }),
    }
  })
  // However many verbs there are, there must be rows for them, and something that changes and hides rows between.
  const often = (least: number, part: number) => Math.max(least, Math.floor(verbs.length / part))
  return fc.oneof(
    {
      weight: often(3, 1),
      arbitrary: fc.record({ kind: fc.constant('create' as const), context, values: options.make(fc) }),
    },
    {
      weight: often(2, 3),
      arbitrary: fc.record({
        kind: fc.constant('update' as const),
        context,
        picks,
        values: changes(fc, model, options),
      }),
    },
    { weight: often(2, 3), arbitrary: fc.record({ kind: fc.constant('delete' as const), context, picks }) },
    ...verbs,
  )
}

/** Some of the properties of a new row, but for those that never change. */
function changes(fc: Library, model: Model, { make, change, dataSource }: BehaviourOptions): Arbitrary<RowData> {
  if (change) return change(fc)
  const primary = dataSource.describe(model.entity).primary[0]?.name
  return make(fc).chain((values) => {
    const names = Object.keys(values).filter((name) => !model.columns[name]?.immutable && name !== primary)
    return fc
      .subarray(names, { minLength: Math.min(1, names.length) })
      .map((chosen) => Object.fromEntries(chosen.map((name) => [name, values[name]])))
  })
}

function rowsOf(fc: Library, columns: Readonly<Record<string, Column>>): Arbitrary<RowData> {
  return fc.record(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, valuesOf(fc, column)])))
}

function valuesOf(fc: Library, { type, length, nullable }: Column): Arbitrary<unknown> {
  const kinds: Readonly<Record<Column['type'], () => Arbitrary<unknown>>> = {
    uuid: () => fc.uuid(),
    integer: () => fc.integer({ min: -1000, max: 1000 }),
    float: () => fc.integer({ min: -1000, max: 1000 }).map((value) => value / 8),
    string: () => fc.constantFrom('', 'a', 'b').map((text) => text.slice(0, length ?? 255)),
    text: () => fc.constantFrom('', 'a', 'b'),
    boolean: () => fc.boolean(),
    timestamp: () => fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }),
    json: () => fc.constantFrom({}, { a: 1 }),
  }
  const values = kinds[type]()
  return nullable ? fc.option(values, { nil: null }) : values
}
