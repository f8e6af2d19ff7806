import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import { type SerializerSchemas, serializerSchemas } from '../../serializer/serializer-schemas.js'
import { sparseSchema } from '../../serializer/value-schema.js'
import type { Components } from './components.js'
import { titleOf } from './operation-id.js'

/** Gives the schemas of serializers their names in a document. */
export class SchemaNames {
  readonly #components: Components
  readonly #bases = new Map<CompiledSerializer['definition'], string>()

  constructor(components: Components) {
    this.#components = components
  }

  /** Names the schemas of a serializer and of those it shows relations by. @param action whose rows `schemas` describe. */
  name(serializer: CompiledSerializer, schemas: SerializerSchemas, action: string): void {
    const known = this.#bases.get(serializer.definition)
    const base = known ?? this.#newBase(serializer)
    const usual = serializerSchemas(serializer)
    const isUsual = JSON.stringify(usual.read) === JSON.stringify(schemas.read)
    if (known === undefined) {
      for (const nested of serializer.nested.values()) {
        this.name(nested.serializer, serializerSchemas(nested.serializer), action)
      }
      this.#add(base, usual)
    }
    if (isUsual) return
    const name = `${base}${titleOf(action).replaceAll(' ', '')}`
    this.#components.add(name, schemas.read)
    this.#components.add(`${name}Sparse`, sparseSchema(schemas.read))
  }

  /** The name of a serializer; where another has it already, with a number behind it. */
  #newBase(serializer: CompiledSerializer): string {
    const taken = new Set(this.#bases.values())
    const wanted = nameOfSerializer(serializer)
    let base = wanted
    for (let number = 2; taken.has(base); number++) base = `${wanted}${number}`
    this.#bases.set(serializer.definition, base)
    return base
  }

  #add(base: string, { read, create, replace, patch }: SerializerSchemas): void {
    this.#components.add(base, read)
    this.#components.add(`${base}Sparse`, sparseSchema(read))
    this.#components.add(`${base}Create`, create)
    this.#components.add(`${base}Replace`, replace)
    this.#components.add(`${base}Patch`, patch)
  }
}

function nameOfSerializer({ definition }: CompiledSerializer): string {
  const own = definition.name.replace(/Serializer$/, '')
  return own === '' ? definition.entity.name : own
}
