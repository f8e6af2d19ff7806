import { createHash } from 'node:crypto'
import type { Naming } from '../../helpers/naming.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import type { ProblemStyle } from '../problem/problem.js'
import type { ExampleObject, Reference, ResponseObject } from './openapi-document.js'

/** The parts that operations share: each stands in the document once, and wherever else it occurs, a reference. */
export class Components {
  /** What names are called outside. */
  readonly naming: Naming
  /** How problems are written. */
  readonly problemStyle: ProblemStyle
  readonly #schemas = new Map<string, SchemaObject>()
  readonly #names = new Map<string, string>()
  readonly #responses = new Map<string, ResponseObject>()
  readonly #examples = new Map<string, ExampleObject>()

  constructor(naming: Naming, problemStyle: ProblemStyle) {
    this.naming = naming
    this.problemStyle = problemStyle
  }

  /** Names a schema. Where another has the name already, a number is put behind it. */
  add(wanted: string, schema: SchemaObject): void {
    const text = JSON.stringify(schema)
    if (this.#names.has(text)) return
    const base = wanted.replace(/[^\w.-]/g, '') || 'Schema'
    let name = base
    for (let number = 2; this.#schemas.has(name); number++) name = `${base}${number}`
    this.#names.set(text, name)
    this.#schemas.set(name, schema)
  }

  /** The schema with a reference in the place of every part that has a name. */
  referring(schema: SchemaObject): SchemaObject {
    const name = this.#names.get(JSON.stringify(schema))
    return name === undefined ? this.#inside(schema) : { $ref: `#/components/schemas/${name}` }
  }

  /** A reference to a response. Its name comes from what it says, so that others do not change it. */
  response(status: number, response: ResponseObject): Reference {
    const digest = createHash('sha256').update(JSON.stringify(response)).digest('hex').slice(0, 8)
    const name = `Problem${status}-${digest}`
    this.#responses.set(name, response)
    return { $ref: `#/components/responses/${name}` }
  }

  /** A reference to an example. Where another has its name already, a number is put behind it. */
  example(wanted: string, example: ExampleObject): Reference {
    const text = JSON.stringify(example)
    const isFree = (name: string): boolean => {
      const other = this.#examples.get(name)
      return other === undefined || JSON.stringify(other) === text
    }
    let name = wanted
    for (let number = 2; !isFree(name); number++) name = `${wanted}${number}`
    this.#examples.set(name, example)
    return { $ref: `#/components/examples/${name}` }
  }

  get schemas(): Readonly<Record<string, SchemaObject>> {
    return inOrder(new Map([...this.#schemas].map(([name, schema]) => [name, this.#inside(schema)])))
  }

  get responses(): Readonly<Record<string, ResponseObject>> {
    return inOrder(this.#responses)
  }

  get examples(): Readonly<Record<string, ExampleObject>> {
    return inOrder(this.#examples)
  }

  #inside(schema: SchemaObject): SchemaObject {
    return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, this.#value(value)]))
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#value(item))
    return typeof value === 'object' && value !== null ? this.referring(value as SchemaObject) : value
  }
}

function inOrder<T>(entries: ReadonlyMap<string, T>): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
