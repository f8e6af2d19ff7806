import type { Mistakes } from '../../errors/definition-error.js'
import type { CompiledSerializer } from '../../serializer/compiled-serializer.js'
import type { SerializerSchemas } from '../../serializer/serializer-schemas.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import type { ActionModel } from '../action-model.js'
import type { ViewSetModel } from '../viewset-model.js'
import { keepExamples, mapExamples, type NamedExamples, type ShapeExamples } from './named-examples.js'
import { inputExample, outsideExample, shownExample } from './row-examples.js'
import { misfitOf } from './schema-fit.js'

/** Examples of one action as they stand in documents, all of which fit. */
export type SceneExamples = Required<ShapeExamples>

/** Where examples are given. */
export interface ExamplePlace {
  readonly subject: string
  readonly place: string
}

const inputs = ['create', 'replace', 'patch'] as const

/** The examples of one application; what does not fit its schema is a mistake. */
export class ExampleBook {
  readonly #mistakes: Mistakes
  readonly #verified = new Set<ViewSetModel>()

  constructor(mistakes: Mistakes) {
    this.#mistakes = mistakes
  }

  /** The examples of an action, from what its viewset gives. @param schemas of everything its serializer shows. */
  of(
    { name, model, viewSet, place }: ActionModel,
    serializer: CompiledSerializer,
    schemas: SerializerSchemas,
  ): SceneExamples | undefined {
    const { examples } = model ?? {}
    if (!model || !examples) return undefined
    const outside = (value: unknown): unknown => outsideExample(value, serializer)
    if (!this.#verified.has(model)) {
      this.#verified.add(model)
      this.#verifyShapes(examples, outside, schemas, { subject: viewSet.name, place })
    }
    const { rows = {} } = examples
    const bodies = inputs.map((shape) => {
      const made = () =>
        keepExamples(
          mapExamples(rows, (row) => outside(inputExample(row, serializer, shape))),
          (body) => misfitOf(body, schemas[shape]) === undefined,
        )
      const given = examples[shape]
      return [shape, given ? mapExamples(given, outside) : made()] as const
    })
    return {
      rows: mapExamples(rows, (row) => outside(shownExample(row, serializer, name))),
      ...(Object.fromEntries(bodies) as Omit<SceneExamples, 'rows'>),
    }
  }

  /** Adds those of some examples that do not fit. @param option where they stand, as in `examples.rows`. */
  verify(examples: NamedExamples, schema: SchemaObject, option: string, { subject, place }: ExamplePlace): void {
    for (const [name, example] of Object.entries(examples)) {
      const misfit = misfitOf(example, schema)
      if (misfit === undefined) continue
      this.#mistakes.add({
        code: 'E_EXAMPLE',
        subject,
        problem: `its example ${option}.${name} does not fit its schema: ${misfit}.`,
        places: [place],
        remedy: 'Write it as it is sent or answered, or take it out.',
      })
    }
  }

  #verifyShapes(
    examples: ShapeExamples,
    outside: (value: unknown) => unknown,
    { read, ...bodies }: SerializerSchemas,
    place: ExamplePlace,
  ): void {
    this.verify(mapExamples(examples.rows ?? {}, outside), read, 'examples.rows', place)
    for (const shape of inputs)
      this.verify(mapExamples(examples[shape] ?? {}, outside), bodies[shape], `examples.${shape}`, place)
  }
}
