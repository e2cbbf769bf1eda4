export { searchShop } from './search-shop.ts'
