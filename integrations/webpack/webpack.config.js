export default {
  output: { filename: 'main.js', chunkFilename: '[name].js', module: true, chunkFormat: 'module' },
  experiments: { outputModule: true },
}
