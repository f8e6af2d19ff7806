import { UsageError } from '../errors/usage-error.js'
import { isSameApplication, nameAs } from './application.js'
import type { Contributor, Model } from './model.js'

/** What the traits of an entity announce besides writes, by the names under which it is heard. */
export function announcementsOf({ traits }: Pick<Model, 'traits'>): readonly string[] {
  return traits.flatMap(({ definition: { announces = [], as } }) => announces.map((kind) => nameAs(as, kind)))
}

/**
 * The name under which something is heard that a trait announces.
 * @throws {UsageError} where the trait does not say that it announces this.
 */
export function announcementOf({ traits }: Pick<Model, 'traits'>, by: Contributor, kind: string): string {
  const applied = traits.find((one) => isSameApplication(one, by))
  if (applied?.definition.announces?.includes(kind)) return nameAs(applied.definition.as, kind)
  throw new UsageError(
    'E_ANNOUNCEMENT',
    `@${by.trait} announces "${kind}" and does not say so: add it to "announces" of the trait.`,
  )
}
