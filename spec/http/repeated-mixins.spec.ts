import { expect } from 'chai'
import { anyone, BulkActionMixin, createDataSource, ModelViewSet, PaginationMixin, Serializer, signedIn } from 'plinth'
import { Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { applicationOf } from '../support/http.js'

@Entity('repeated_folders')
export class Folder {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) name!: string
}

const dataSource = createDataSource({ type: 'sqlite', database: ':memory:', entities: [Folder] })
const permissions = { '*': anyone } as const
class FolderName extends Serializer(Folder, { fields: ['id', 'name'] }) {}
const Folders = ModelViewSet(Folder, { serializer: FolderName, permissions })

describe('A mixin that stands above a class twice', () => {
  it('adds its actions once, as the nearer one says', () => {
    const once = BulkActionMixin(Folders, { allow: anyone, actions: ['create'], max: 5 })
    @Resource('/folders')
    class FolderViewSet extends PaginationMixin(
      PaginationMixin(BulkActionMixin(once, { allow: signedIn, actions: ['create'], max: 7 }), { style: 'cursor' }),
      { style: 'page', size: 3 },
    ) {}
    const { paths } = applicationOf({ viewSets: [FolderViewSet], dataSource, authenticate: () => null }).openapi()
    const { post } = paths['/folders/bulk/create']!
    expect(post!.security).to.deep.equal([{ token: [] }])
    expect(post!.requestBody!.content['application/json']!.schema).to.have.nested.property(
      'properties.items.maxItems',
      7,
    )
    expect(paths['/folders']!.get!.parameters.map(({ name }) => name))
      .to.include('page')
      .and.not.include('cursor')
  })
})
