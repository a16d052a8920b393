/// The version of the tool and of the libraries.
package let tesseraVersion = "0.1.0"
