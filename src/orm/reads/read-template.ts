import type { ObjectLiteral } from 'typeorm'
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js'
import { valueOf } from '../../model/operand.js'
import type { ModelDataSource } from '../data-source.js'
import type { EngineType } from '../dialects/engines.js'
import type { ScopedSelectQueryBuilder } from '../scopes/scoped-select-query-builder.js'
import type { Binding } from './binding.js'
import { readEngineOf } from './engines/engines.js'
import type { ReadEngine, ReadStatement } from './engines/read-engine.js'
import { type Shape, Slot, Slots } from './slot.js'
import { templatesOf } from './template-store.js'

type Builder = ScopedSelectQueryBuilder<ObjectLiteral>

/** A statement that was written once, and what it is to be given each time. */
export class ReadTemplate {
  readonly #dataSource: ModelDataSource
  readonly #engine: ReadEngine
  readonly #sql: string
  readonly #bindings: readonly Binding[]
  readonly #single: boolean
  /** What the statement is prepared as; without one it is not. */
  name: string | undefined

  constructor(dataSource: ModelDataSource, sql: string, bindings: readonly Binding[], single = false) {
    this.#dataSource = dataSource
    this.#engine = readEngineOf(dataSource.options.type as EngineType)
    this.#sql = sql
    this.#bindings = bindings
    this.#single = single
  }

  get sql(): string {
    return this.#sql
  }

  /** The statement with the values of a call, and those of the context it runs in. */
  with(values: readonly unknown[]): ReadStatement {
    const parameters = this.#bindings.map(({ operand, column }) =>
      this.#stored(operand instanceof Slot ? values[operand.index] : valueOf(operand), column),
    )
    return { sql: this.#sql, parameters, name: this.name, single: this.#single }
  }

  #stored(value: unknown, column: ColumnMetadata | undefined): unknown {
    const { driver } = this.#dataSource
    return this.#engine.bound(column ? driver.preparePersistentValue(value, column) : value)
  }
}

/** Marks where in a statement a parameter stands. */
class Mark {
  readonly binding: Binding

  constructor(binding: Binding) {
    this.binding = binding
  }
}

/** A statement as its builder has it now, and whether it can be kept for other values. */
type Written = { readonly template: ReadTemplate } | { readonly statement: ReadStatement }

/** A statement that is ready to be written. */
export interface ToWrite {
  readonly builder: Builder
  /** Puts the text of the builder into that of the statement. */
  readonly wrap?: (sql: string) => string
  /** Whether it reads one row at most. */
  readonly single?: boolean
}

/** The statement of a shape; it is written where it is not known. @param isKept whether another call may send it too. */
export function keptStatement(
  dataSource: ModelDataSource,
  shape: Shape,
  isKept: boolean,
  write: (slots?: Slots) => ToWrite,
): ReadStatement {
  if (!isKept) return withValues(writeStatement(write()), [])
  const templates = templatesOf(dataSource)
  const known = templates.get(shape.parts)
  if (known) return known.with(shape.values)
  const made = writeStatement(write(new Slots(shape)))
  if ('template' in made) templates.set(shape.parts, made.template)
  return withValues(made, shape.values)
}

const withValues = (made: Written, values: readonly unknown[]): ReadStatement =>
  'statement' in made ? made.statement : made.template.with(values)

/** Writes the statement of a builder; it can be kept where the bindings of all its parameters were noted. */
function writeStatement({ builder, wrap = (sql) => sql, single = false }: ToWrite): Written {
  const { dataSource, bindings } = builder
  const named = wrap(builder.getQuery())
  const parameters = builder.getParameters()
  const marks: Record<string, Mark> = {}
  for (const [name, value] of Object.entries(parameters)) {
    const binding = bindings?.get(name)
    if (!binding || (Array.isArray(value) && !binding.isList) || typeof value === 'function') {
      return { statement: { ...asStatement(dataSource, named, parameters), single } }
    }
    marks[name] = new Mark(binding)
  }
  const [sql, given] = dataSource.driver.escapeQueryWithParameters(named, marks)
  return {
    template: new ReadTemplate(
      dataSource,
      sql,
      (given as Mark[]).map(({ binding }) => binding),
      single,
    ),
  }
}

function asStatement(dataSource: ModelDataSource, named: string, values: ObjectLiteral): ReadStatement {
  const engine = readEngineOf(dataSource.options.type as EngineType)
  const [sql, parameters] = dataSource.driver.escapeQueryWithParameters(named, values)
  return { sql, parameters: parameters.map((value) => engine.bound(value)) }
}
