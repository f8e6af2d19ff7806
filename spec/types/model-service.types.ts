import { type ModelDataSource, ModelService, type Receipt, ServiceResult, type ServiceVerbs } from 'plinth'
import { type SoftDeletable, SoftDelete, type UuidIdentified, UuidPk } from 'plinth/decorators'

interface Note extends UuidIdentified, SoftDeletable {}
@UuidPk()
@SoftDelete()
class Note {
  text!: string
  label(): string {
    return this.text
  }
}

class Plain {
  id!: number
  title!: string
}

class NoteService extends ModelService(Note) {
  async shout(id: string): Promise<ServiceResult<Note>> {
    const found = await this.get(id)
    if (!found.success) return found
    this.logger.info('shouting', { id })
    return this.update(found.data, { text: found.data.text.toUpperCase() })
  }

  throughRepository = () => this.repository.withDeleted().find()
}

export class LoudService extends ModelService(Note) {
  override readonly restore: ServiceVerbs<Note>['restore'] = async (ids) => {
    this.logger.info('restoring', { ids })
    return super.restore(ids)
  }
}
export class WrongVerb extends ModelService(Note) {
  // @ts-expect-error: a verb answers a result
  override readonly restore = async (ids: string) => ids
}

class PlainService extends ModelService(Plain) {}

declare const notes: NoteService
declare const plain: PlainService

export const restored: Promise<ServiceResult<Receipt>> = notes.restore('id')
export const made: Promise<ServiceResult<Note>> = notes.create({ text: 'hello' })
export const listed: Promise<ServiceResult<readonly Note[]>> = notes.list(notes.select().where({ text: 'hello' }))
export const manyMade: Promise<ServiceResult<readonly Note[]>> = notes.createMany([{ text: 'hello' }])
export const manyChanged: Promise<ServiceResult<readonly Note[]>> = notes.updateMany(['id'], { text: 'bye' })
export const manyDeleted: Promise<ServiceResult<undefined>> = notes.deleteMany(['id', new Note()])
export const entity: abstract new (...given: never[]) => Note = NoteService.entity

// @ts-expect-error: an entity without the trait has no such verb
void plain.restore(1)
// @ts-expect-error: there is no such property
void notes.create({ texts: 'hello' })
// @ts-expect-error: the property has another type
void notes.update('id', { text: 1 })
// @ts-expect-error: nor has any of many rows
void notes.createMany([{ text: 'hello' }, { text: 1 }])
// @ts-expect-error: all rows get the same values
void notes.updateMany(['id'], [{ text: 'bye' }])
// @ts-expect-error: rows of another entity are no rows of this one
void notes.deleteMany([new Plain()])
// @ts-expect-error: methods are not data
void notes.create({ label: () => '' })
// @ts-expect-error: neither is what carries types
void notes.create({ '~SoftDelete': undefined })
// @ts-expect-error: an unread result may be a failure
void notes.get('id').then((result) => result.data.text)
// @ts-expect-error: the data source is the service's own business
export const dataSource: ModelDataSource = notes.dataSource
// @ts-expect-error: a service of an entity is extended, not constructed
void new (ModelService(Plain))()
// @ts-expect-error: the entity is given as a class
void ModelService('Plain')
