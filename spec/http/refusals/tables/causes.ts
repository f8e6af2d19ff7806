import { IsObject } from 'class-validator'
import { type Adds, anyone, column, defineTrait, ModelViewSet, type RowCall, Serializer } from 'plinth'
import {
  Action,
  type HasVersion,
  Resource,
  Sluggable,
  type Slugged,
  type SoftDeletable,
  SoftDelete,
  SoftDeleteViewSetMixin,
  type Timestamped,
  Timestamps,
  Versioned,
} from 'plinth/decorators'
import { Entity, PrimaryGeneratedColumn } from 'typeorm'
import type { RefusalTable } from '../refusal.js'

/** A trait of somebody else: mottos are unique among visible rows. */
const Mottoed = defineTrait({
  name: 'Mottoed',
  defaults: {},
  columns: () => ({
    motto: column.string({ length: 20, writable: true }),
    title: column.string({ length: 40, writable: true }),
  }),
  indexes: () => [{ properties: ['motto'], unique: 'visible' }],
})

interface Emblem extends Adds<typeof Mottoed>, HasVersion, Slugged, SoftDeletable, Timestamped {}
@Entity('refused_emblems')
@Mottoed()
@Sluggable({ from: 'title', reserved: ['about'] })
@SoftDelete()
@Timestamps()
@Versioned()
class Emblem {
  @PrimaryGeneratedColumn() id!: number
}

class Written {
  @IsObject() values!: object
}

/** Its action writes whatever it is sent, as a service might that passes on what it does not know. */
@Resource('/emblems')
class EmblemViewSet extends SoftDeleteViewSetMixin(
  ModelViewSet(Emblem, {
    serializer: class EmblemSerializer extends Serializer(Emblem, { fields: ['id', 'title', 'motto'] }) {},
    permissions: { '*': anyone },
  }),
  { allow: { trash: anyone, restore: anyone, purge: anyone } },
) {
  @Action({ method: 'post', on: 'row', body: Written, allow: anyone, answers: 'row' })
  async engrave({ row, body }: RowCall<Emblem, Written>) {
    await this.repository.update(row.id, body.values)
    return row
  }
}

const engraving = (values: object) => ({ ask: 'POST /emblems/{lion}/engrave', body: { values } }) as const
const instance = '/emblems/1/engrave'

/** What traits refuse of what a program writes. */
export const causes: RefusalTable = {
  title: 'slugs, versions, and what rules alone write',
  entities: [Emblem],
  viewSets: [EmblemViewSet],
  store: async (dataSource) => {
    const emblems = dataSource.getRepository(Emblem)
    const [lion] = await emblems.save([{ title: 'Lion', motto: 'roar' }])
    const [hidden] = await emblems.save([{ title: 'Bear', motto: 'sleep' }])
    await emblems.delete(hidden!.id)
    await emblems.save([{ title: 'Sloth', motto: 'sleep' }])
    return { lion: lion!.id, hidden: hidden!.id }
  },
  refusals: [
    {
      when: 'a slug is in use',
      ...engraving({ slug: 'Sloth!' }),
      answer: {
        type: 'urn:problem:slug_taken',
        title: 'Slug taken',
        status: 409,
        code: 'SLUG_TAKEN',
        detail: 'The slug "sloth" is taken.',
        instance,
        errors: [{ pointer: '#/slug', code: 'taken', message: 'is taken by another row' }],
        details: { slug: 'sloth' },
      },
    },
    {
      when: 'a slug is reserved',
      ...engraving({ slug: 'about' }),
      answer: {
        type: 'urn:problem:slug_reserved',
        title: 'Slug reserved',
        status: 400,
        code: 'SLUG_RESERVED',
        detail: 'The slug "about" is reserved.',
        instance,
        errors: [{ pointer: '#/slug', code: 'reserved', message: 'is reserved' }],
        details: { slug: 'about' },
      },
    },
    {
      when: 'no slug can be made of a text',
      ...engraving({ slug: '!!' }),
      answer: {
        type: 'urn:problem:slug_empty',
        title: 'Slug empty',
        status: 400,
        code: 'SLUG_EMPTY',
        detail: 'No slug can be made from "slug": it has neither letters nor digits.',
        instance,
        errors: [{ pointer: '#/slug', code: 'slug', message: 'must have a letter or a digit' }],
      },
    },
    {
      when: 'the row was written since it was read',
      ...engraving({ title: 'Tiger', version: 7 }),
      answer: {
        type: 'urn:problem:stale',
        title: 'Stale',
        status: 409,
        code: 'STALE',
        detail: 'This Emblem was changed or removed by somebody else in the meantime.',
        instance,
        details: { expected: { version: 7 }, actual: { version: 1 } },
      },
    },
    {
      when: 'rules alone write a property',
      ...engraving({ deletedAt: null }),
      answer: {
        type: 'urn:problem:managed',
        title: 'Managed',
        status: 400,
        code: 'MANAGED',
        detail: 'deletedAt is written by the rules and verbs of SoftDelete alone.',
        instance,
        errors: [{ pointer: '#/deletedAt', code: 'managed', message: 'cannot be set' }],
      },
    },
    {
      when: 'a property never changes',
      ...engraving({ createdAt: '2020-01-01T00:00:00.000Z' }),
      answer: {
        type: 'urn:problem:immutable',
        title: 'Immutable',
        status: 400,
        code: 'IMMUTABLE',
        detail: 'createdAt cannot be changed once the Emblem exists.',
        instance,
        errors: [{ pointer: '#/createdAt', code: 'immutable', message: 'cannot be changed' }],
      },
    },
    {
      when: 'a visible row has taken what must be unique',
      ask: 'POST /emblems/{hidden}/restore',
      answer: {
        type: 'urn:problem:duplicate',
        title: 'Duplicate',
        status: 409,
        code: 'DUPLICATE',
        detail: 'This Emblem cannot come back: another has the same motto now.',
        instance: '/emblems/2/restore',
        errors: [{ pointer: '#/motto', code: 'unique', message: 'is already in use' }],
        details: { entity: 'Emblem', fields: ['motto'] },
      },
    },
  ],
}
