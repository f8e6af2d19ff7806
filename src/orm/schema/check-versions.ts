import type { Mistakes } from '../../errors/definition-error.js'
import { ancestry } from '../../metadata/fact-kind.js'
import type { Model } from '../../model/model.js'
import type { ModelStorage } from './model-storage.js'

/** Adds the versions that TypeORM counts: its saves never compare them, and write those of a stale entity back. */
export function checkVersions({ entity, name }: Model, storage: ModelStorage, mistakes: Mistakes): void {
  const counted = storage.filterColumns(ancestry(entity).toReversed()).filter(({ mode }) => mode === 'version')
  for (const { propertyName } of counted) {
    mistakes.add({
      code: 'E_VERSION',
      subject: name,
      problem: `"${propertyName}" is a @VersionColumn, which guards nothing: a stale save overwrites what is newer.`,
      places: [],
      remedy:
        'Take it away, and give the class the trait that guards its versions (docs/traits/versioned.md). Its property ' +
        '"version" may keep the column there was: `@Column({ name: "revision", type: "int" })`.',
    })
  }
}
