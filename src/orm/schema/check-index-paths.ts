import type { Mistakes } from '../../errors/definition-error.js'
import { ancestry } from '../../metadata/fact-kind.js'
import { labelOf } from '../../model/applied-traits.js'
import type { Model } from '../../model/model.js'
import type { ModelStorage } from './model-storage.js'
import { indexedPath } from './path-columns.js'

/** Adds the indexes over paths that lead into no JSON, or by names that some engine cannot write in its schema. */
export function checkIndexPaths(model: Model, storage: ModelStorage, mistakes: Mistakes): void {
  for (const index of model.indexes) {
    const indexed = indexedPath(index)
    const mistake = indexed && wrongWith(indexed, isJson(model, storage, indexed.property))
    if (!mistake) continue
    const [problem, remedy] = mistake
    mistakes.add({
      code: 'E_INDEX_PATH',
      subject: model.name,
      problem,
      places: [labelOf(index.contributor)],
      remedy,
    })
  }
}

function wrongWith(
  { property, path, holds }: NonNullable<ReturnType<typeof indexedPath>>,
  holdsJson: boolean,
): readonly [problem: string, remedy: string] | undefined {
  if (!holdsJson) return [`an index looks into "${property}", which holds no JSON.`, 'Name a column of type json.']
  if (holds !== 'text' && holds !== 'number') {
    return [`an index over a path of "${property}" holds neither text nor numbers.`, "Say 'text' or 'number'."]
  }
  const isWritable = Array.isArray(path) && path.length > 0 && path.every((name) => writable.test(name))
  if (isWritable) return undefined
  return [
    `an index over "${property}" has the path ${JSON.stringify(path)}, which not every engine can write.`,
    'Name at least one member, by names without quotes, backslashes and control characters.',
  ]
}

const writable = /^[^"'`\\\p{Cc}\p{Surrogate}]+$/u

function isJson({ entity, columns }: Model, storage: ModelStorage, property: string): boolean {
  if (columns[property]) return columns[property].type === 'json'
  const own = storage
    .filterColumns([...ancestry(entity)].toReversed())
    .find(({ propertyName }) => propertyName === property)
  return own?.options.type === 'json' || own?.options.type === 'jsonb'
}
