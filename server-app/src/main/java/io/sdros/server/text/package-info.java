/**
 * What all other packages may use: JSON, small text files, and the outcome of reading a text.
 */
package io.sdros.server.text;
