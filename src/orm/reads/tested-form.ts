import type { AnyClass } from '../../metadata/fact-kind.js'
import type { ModelDataSource } from '../data-source.js'
import type { RawRows } from './engines/read-engine.js'
import { ReadRow, type RowForm, type TextForm } from './row-form.js'
import type { OmittedMembers } from './row-level.js'
import type { StatementLayout } from './statement-layout.js'

/** Decides about a row whether a member is written of it. */
export type MemberTest = (row: never) => boolean | Promise<boolean>

/** A form under the tests of one call: of each row it leaves out the members whose test says no. */
export class TestedForm implements TextForm {
  readonly #form: RowForm
  readonly #tests: ReadonlyMap<string, MemberTest>
  /** The entities of rows are made once, however often they are looked at. */
  readonly #entities = new WeakMap<RawRows, readonly ReadRow['held'][]>()

  /** @param form one that holds the entities of rows. @param tests by the names of members. */
  constructor(form: RowForm, tests: ReadonlyMap<string, MemberTest>) {
    this.#form = form
    this.#tests = tests
  }

  get dataSource(): ModelDataSource {
    return this.#form.dataSource
  }

  get entity(): AnyClass {
    return this.#form.entity
  }

  get key(): string {
    return this.#form.key
  }

  get layout(): StatementLayout {
    return this.#form.layout
  }

  get width(): number {
    return this.#form.width
  }

  get isPlain(): boolean {
    return this.#tests.size === 0 && this.#form.isPlain
  }

  /** The rows as JSON, where the form is plain. */
  texts(raw: RawRows): readonly string[] {
    return this.#form.texts(raw)
  }

  /** The rows as JSON, and their entities, where the form is plain. */
  rows(raw: RawRows): readonly ReadRow[] {
    const entities = this.held(raw)
    return this.texts(raw).map((text, index) => new ReadRow(text, entities[index]!))
  }

  /** The entities of the rows. */
  held(raw: RawRows): readonly ReadRow['held'][] {
    const entities = this.#entities.get(raw) ?? this.#form.held(raw)
    this.#entities.set(raw, entities)
    return entities
  }

  /** The rows as JSON for a call. */
  async textsFor(raw: RawRows, call: object): Promise<readonly string[]> {
    return this.#form.textsFor(raw, call, this.#tests.size > 0 ? await this.#omitted(raw) : undefined)
  }

  /** The rows as JSON for a call, and their entities. */
  async rowsFor(raw: RawRows, call: object): Promise<readonly ReadRow[]> {
    const entities = this.held(raw)
    const texts = await this.textsFor(raw, call)
    return texts.map((text, index) => new ReadRow(text, entities[index]!))
  }

  async #omitted(raw: RawRows): Promise<OmittedMembers> {
    const entities = this.held(raw)
    const omitted = entities.map(() => new Set<string>())
    // One after another: a test may ask by the connection of the unit of work.
    for (const [name, test] of this.#tests) {
      for (const [index, entity] of entities.entries()) {
        const allowed = test(entity as never)
        if (!(typeof allowed === 'boolean' ? allowed : await allowed)) omitted[index]!.add(name)
      }
    }
    return omitted
  }
}
