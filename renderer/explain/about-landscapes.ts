/** What each view of the Landscapes place is about. */
import type { LandscapeViewName } from '../landscapes/landscape-words.ts';
import { m } from '../messages.ts';
import type { About } from './about.ts';

export const aboutLandscapes: Readonly<Record<LandscapeViewName, About>> = {
  loss: {
    sentence: () => m.about_landscape_loss(),
    formulas: [{ tex: String.raw`(t,u)\mapsto L(\theta+t\,a+u\,b)`, where: () => m.about_landscape_loss_where() }],
    sources: ['Li et al., Visualizing the Loss Landscape of Neural Nets, 2018, arXiv:1712.09913'],
    neighbours: [
      { place: 'optimizers', because: () => m.about_landscape_to_optimizers() },
      { place: 'train', because: () => m.about_gradient_to_train() },
    ],
  },
  curvature: {
    sentence: () => m.about_landscape_curvature(),
    formulas: [
      {
        tex: String.raw`\kappa=\frac{\lambda_{\max}}{\lambda^{+}_{\min}}\qquad \alpha<\frac{2}{\lambda_{\max}}\qquad \alpha_\rho<\frac{2(1+\rho)}{\lambda_{\max}}`,
        where: () => m.about_landscape_curvature_where(),
      },
      { tex: String.raw`c_k=(1-\alpha\lambda)^k\,c_0` },
    ],
    sources: [
      'Boyd & Vandenberghe, Convex Optimization, 2004, § 9.3',
      'Goh, Why Momentum Really Works, Distill 2017',
      'Dauphin et al., 2014, arXiv:1406.2572',
    ],
    neighbours: [
      { place: 'optimizers', because: () => m.about_landscape_to_optimizers() },
      { place: 'features', because: () => m.about_landscape_to_features() },
      { place: 'train', because: () => m.about_landscape_to_train() },
    ],
  },
  noise: {
    sentence: () => m.about_landscape_noise(),
    formulas: [
      {
        tex: String.raw`\mathbb E\lVert g_B-g\rVert^2=\frac{S^2}{B}\Bigl(1-\frac BN\Bigr)`,
        where: () => m.about_landscape_noise_where(),
      },
    ],
    sources: ['Cochran, Sampling Techniques, 1977, theorem 2.2'],
    neighbours: [
      { place: 'optimizers', because: () => m.about_landscape_to_optimizers() },
      { place: 'train', because: () => m.about_landscape_noise_to_train() },
    ],
  },
  rate: {
    sentence: () => m.about_landscape_rate(),
    formulas: [{ tex: String.raw`\alpha_k=\alpha_0\,q^{\,k}`, where: () => m.about_landscape_rate_where() }],
    sources: ['Smith, Cyclical Learning Rates for Training Neural Networks, 2017'],
    neighbours: [{ place: 'train', because: () => m.about_landscape_rate_to_train() }],
  },
  toy: {
    sentence: () => m.about_landscape_toy(),
    formulas: [
      {
        tex: String.raw`(x,y)\mapsto(r,\theta):\quad w_r r+w_\theta\theta+c=0`,
        where: () => m.about_landscape_toy_where(),
      },
      { tex: String.raw`W_2(W_1x+b_1)+b_2=(W_2W_1)\,x+(W_2b_1+b_2)` },
    ],
    sources: [
      'Stanford CS231n, Neural networks 1 and 2',
      'Smilkov & Carter, TensorFlow Playground, 2016',
      'Goodfellow, Bengio & Courville, Deep Learning, 2016, § 6.1',
    ],
    neighbours: [
      { place: 'features', because: () => m.about_landscape_toy_to_features() },
      { place: 'templates', because: () => m.about_landscape_toy_to_templates() },
    ],
  },
};
