import { expect } from 'chai'
import { anyone, createDataSource, DefinitionError, ModelViewSet, Serializer } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { applicationOf } from '../support/http.js'

@Entity('nested_folders')
export class Folder {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
  @ManyToOne(() => Folder, { nullable: true }) parent!: Relation<Folder> | null
}

const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Folder] })
const permissions = { '*': anyone } as const
class FolderName extends Serializer(Folder, { fields: ['id', 'name'] }) {}

/** A serializer that shows so many folders above a folder. */
function withParents(count: number): typeof FolderName {
  if (count === 0) return FolderName
  return class FolderSerializer extends Serializer(Folder, {
    fields: ['id', 'name', 'parent'],
    nested: { parent: withParents(count - 1) },
  }) {}
}

/** Starts an application with it. */
function start(count: number): void {
  @Resource('/folders')
  class FolderViewSet extends ModelViewSet(Folder, { serializer: withParents(count), permissions }) {}
  applicationOf({ viewSets: [FolderViewSet], dataSource })
}

describe('Serializers within serializers', () => {
  it('may be five deep', () => {
    expect(() => start(5)).to.not.throw()
  })

  it('may not be deeper', () => {
    expect(() => start(6))
      .to.throw(DefinitionError, '"parent" lies deeper than 5 serializers.')
      .with.nested.property('mistakes[0].code', 'E_SERIALIZER')
  })
})
