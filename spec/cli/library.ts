import 'reflect-metadata'
import { Length } from 'class-validator'
import { anyone, type Call, consoleLogger, ModelViewSet, Reply, Serializer } from 'plinth'
import { type CreateAppOptions, createApp } from 'plinth/container'
import { Action, Resource, type UuidIdentified, UuidPk } from 'plinth/decorators'
import { Column, Entity } from 'typeorm'

export interface Volume extends UuidIdentified {}
@UuidPk()
@Entity('library_volumes')
export class Volume {
  @Column({ length: 80 }) @Length(1, 80) title!: string
}

class VolumeSerializer extends Serializer(Volume, { fields: ['id', 'title'] }) {}

@Resource('/volumes')
class VolumeViewSet extends ModelViewSet(Volume, { serializer: VolumeSerializer, permissions: { '*': anyone } }) {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  mystery(_call: Call) {
    return Reply.json('?')
  }
}

/** A database that cannot be reached: who describes an application need not. */
export const options: CreateAppOptions = {
  entities: [Volume],
  viewSets: [VolumeViewSet],
  dataSource: { type: 'postgres', host: '127.0.0.1', port: 1 },
  openapi: { title: 'Library', version: '2.0.0' },
}

/** A function that gives a running application. */
export const running = () => createApp({ ...options, dataSource: { type: 'sqlite', database: ':memory:' } })

/** One that writes to standard output itself while it starts. */
export const talkative = () => {
  console.log('The library opens.')
  consoleLogger().warn('The library is small.')
  return running()
}
